package dev.opml.ethereum.abi;

import dev.opml.api.Bytes32;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.game.Position;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The logs of events, as IArbiter.sol declares them.
 *
 * @param layout the event
 * @param topics its indexed fields
 * @param data the others
 */
public record EventLogs(EventLayout layout, List<Bytes32> topics, AbiTuple data) {
  public List<Bytes32> allTopics() {
    List<Bytes32> all = new ArrayList<>(List.of(layout.topic()));
    all.addAll(topics);
    return all;
  }

  private static EventLogs log(EventLayout layout, AbiTuple topics, AbiTuple data) {
    byte[] indexed = topics.encode();
    List<Bytes32> words = new ArrayList<>();
    for (int i = 0; i < indexed.length; i += Bytes32.SIZE) {
      words.add(Bytes32.read(indexed, i));
    }
    return new EventLogs(layout, words, data);
  }

  private static AbiTuple of(Bytes32... words) {
    AbiTuple tuple = new AbiTuple();
    for (Bytes32 word : words) {
      tuple.word(word);
    }
    return tuple;
  }

  private static List<Bytes32> own(Position position) {
    List<Bytes32> own = new ArrayList<>(position.interior());
    own.add(position.moverEnd());
    return own;
  }

  private static AbiTuple position(AbiTuple before, Position it) {
    return before
        .word(it.word().pack())
        .word(it.agreed())
        .word(it.otherEnd().orElse(Bytes32.ZERO))
        .words(own(it));
  }

  public static EventLogs of(ArbiterEvent event) {
    return switch (event) {
      case ArbiterEvent.ModelRegistered it ->
          log(
              EventLayout.MODEL_REGISTERED,
              of(it.model().id().value()).address(it.publisher()),
              of(it.model().imageRoot().value())
                  .bytes(it.model().header().encode())
                  .bytes(it.model().inputPath().encoded())
                  .word(it.source().fileHash())
                  .bytes(it.source().location().getBytes(StandardCharsets.UTF_8)));
      case ArbiterEvent.RequestMade it ->
          log(
              EventLayout.REQUEST_MADE,
              of(it.request().value()).address(it.requester()),
              new AbiTuple()
                  .tuple(TermsAbi.encode(it.terms()))
                  .word(it.inputRoot().value())
                  .word(it.initialRoot().value())
                  .unsigned(it.traceLength()));
      case ArbiterEvent.RequestFinal it ->
          log(EventLayout.REQUEST_FINAL, of(it.request().value(), it.claim().value()), of());
      case ArbiterEvent.SealingExtended it ->
          log(
              EventLayout.SEALING_EXTENDED,
              of(it.request().value()),
              of().unsigned(it.sealingDeadline()));
      case ArbiterEvent.FeePaid it ->
          log(
              EventLayout.FEE_PAID,
              of(it.request().value(), it.claim().value()).address(it.proposer()),
              of().unsigned(it.fee().amount()));
      case ArbiterEvent.Refunded it ->
          log(
              EventLayout.REFUNDED,
              of(it.request().value()).address(it.requester()),
              of().unsigned(it.fee().amount()));
      case ArbiterEvent.ClaimSealed it ->
          log(
              EventLayout.CLAIM_SEALED,
              of(it.claim().value(), it.request().value()).address(it.proposer()),
              of().unsigned(it.number())
                  .word(it.seal().value())
                  .bytes(it.output().encode())
                  .word(it.outputRoot().value()));
      case ArbiterEvent.ClaimRevealed it ->
          log(EventLayout.CLAIM_REVEALED, of(it.claim().value()), of(it.finalRoot().value()));
      case ArbiterEvent.ClaimExpired it ->
          log(
              EventLayout.CLAIM_EXPIRED,
              of(it.claim().value()),
              of().unsigned(it.burnt().amount()));
      case ArbiterEvent.ClaimRefuted it ->
          log(
              EventLayout.CLAIM_REFUTED,
              of(it.claim().value()),
              of().unsigned(it.quota().amount()).unsigned(it.burnt().amount()));
      case ArbiterEvent.ClaimFinal it -> log(EventLayout.CLAIM_FINAL, of(it.claim().value()), of());
      case ArbiterEvent.Withdrawn it ->
          log(
              EventLayout.WITHDRAWN,
              of().address(it.account()),
              of().unsigned(it.amount().amount()));
      case GameEvent.Challenged it ->
          log(
              EventLayout.CHALLENGED,
              of(it.game().value(), it.claim().value()).address(it.challenger()),
              position(of(), it.position()));
      case GameEvent.Subdivided it ->
          log(
              EventLayout.SUBDIVIDED,
              of(it.game().value()),
              position(of().unsigned(it.segment()), it.position()));
      case GameEvent.MachineOpened it ->
          log(
              EventLayout.MACHINE_OPENED,
              of(it.game().value()),
              of(it.position().word().pack(), it.position().agreed()).words(own(it.position())));
      case GameEvent.InstructionExecuted it ->
          log(
              EventLayout.INSTRUCTION_EXECUTED,
              of(it.game().value()),
              of(
                      it.position().word().pack(),
                      it.position().agreed(),
                      it.position().otherEnd().orElse(Bytes32.ZERO),
                      it.position().moverEnd(),
                      it.result().value())
                  .address(it.submitter()));
      case GameEvent.Ended it ->
          log(
              EventLayout.ENDED,
              of(it.game().value()),
              of().unsigned(it.reason().ordinal())
                  .unsigned(it.winner().map(side -> 1 + side.ordinal()).orElse(0))
                  .unsigned(it.reward().amount())
                  .unsigned(it.returned().amount())
                  .unsigned(it.burnt().amount()));
    };
  }
}
