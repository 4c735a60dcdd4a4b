package dev.opml.ethereum.abi;

import dev.opml.api.Bytes32;
import dev.opml.api.image.Registration;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.Witness;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.Reveal;
import dev.opml.dispute.game.Ends;
import dev.opml.dispute.game.MachineOpening;
import dev.opml.dispute.game.OpenedSegment;
import dev.opml.dispute.game.Opening;
import dev.opml.dispute.game.PositionSummary;
import dev.opml.dispute.game.PositionWord;
import dev.opml.dispute.game.Subdivision;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Encodes calls of the arbiter, with what the contract has to be told beside. */
public final class CallEncoder {
  /** Both memory roots, pc, count, status, x1 to x31. */
  private static final int END_STATE_SIZE =
      2 * Bytes32.SIZE + 2 * Long.BYTES + 1 + MachineState.REGISTERS * Long.BYTES;

  private final CallFacts facts;

  /** Makes an encoder that looks up what a call does not hold. */
  public CallEncoder(CallFacts facts) {
    this.facts = facts;
  }

  /**
   * Encodes a call.
   *
   * @throws IllegalArgumentException if a move opens a segment in a way that its phase does not
   *     have, which the arbiter would refuse
   */
  public CallData encode(ArbiterCall call) {
    return switch (call) {
      case ArbiterCall.Register(var registration, var source) -> register(registration, source);
      case ArbiterCall.Request(var terms) -> request(terms);
      case ArbiterCall.SealClaim(var request, var seal, var output) ->
          paid(
              facts.claimBond(request),
              ArbiterFunction.SEAL_CLAIM,
              new AbiTuple().word(request.value()).word(seal.value()).bytes(output.encode()));
      case ArbiterCall.RevealClaim(var claim, var reveal) -> reveal(claim.value(), reveal);
      case ArbiterCall.Expire(var claim) -> named(ArbiterFunction.EXPIRE, claim.value());
      case ArbiterCall.Challenge(var claim, var opening) -> challenge(claim.value(), opening);
      case ArbiterCall.Subdivide(var answered, var move) ->
          free(ArbiterFunction.SUBDIVIDE, subdivision(answered, move));
      case ArbiterCall.Prove(var answered, var move, var witness) ->
          free(ArbiterFunction.PROVE, subdivision(answered, move).bytes(witness.encoded()));
      case ArbiterCall.OpenMachine(var answered, var move) -> openMachine(answered, move);
      case ArbiterCall.SubmitWitness(var answered, var witness) -> witness(answered, witness);
      case ArbiterCall.TimeOut(var stored) -> stored(ArbiterFunction.TIME_OUT, stored);
      case ArbiterCall.Close(var stored) -> stored(ArbiterFunction.CLOSE, stored);
      case ArbiterCall.Settle(var claim) -> named(ArbiterFunction.SETTLE, claim.value());
      case ArbiterCall.PayFee(var request) -> named(ArbiterFunction.PAY_FEE, request.value());
      case ArbiterCall.Refund(var request) -> named(ArbiterFunction.REFUND, request.value());
      case ArbiterCall.Withdraw() -> free(ArbiterFunction.WITHDRAW, new AbiTuple());
    };
  }

  private static CallData register(Registration it, ModelSource source) {
    AbiTuple registration =
        new AbiTuple()
            .word(it.imageRoot().value())
            .bytes(it.header().encode())
            .bytes(it.headerPath().encoded())
            .word(it.programRoot())
            .bytes(it.programPath().encoded())
            .bytes(it.inputPath().encoded())
            .bytes(it.outputPath().encoded())
            .bytes(it.statePath().encoded());
    return free(
        ArbiterFunction.REGISTER,
        new AbiTuple()
            .tuple(registration)
            .word(source.fileHash())
            .bytes(source.location().getBytes(StandardCharsets.UTF_8)));
  }

  private CallData request(RequestTerms terms) {
    ModelView it = facts.model(terms.model());
    AbiTuple model =
        new AbiTuple()
            .word(it.imageRoot().value())
            .bytes(it.header().encode())
            .bytes(it.inputPath().encoded());
    return paid(
        terms.fee(),
        ArbiterFunction.REQUEST,
        new AbiTuple().tuple(TermsAbi.encode(terms)).tuple(model));
  }

  private static CallData reveal(Bytes32 claim, Reveal reveal) {
    return free(
        ArbiterFunction.REVEAL,
        new AbiTuple()
            .word(claim)
            .word(reveal.finalRoot().value())
            .word(reveal.salt().value())
            .bytes(reveal.outputPath().encoded()));
  }

  private CallData challenge(Bytes32 claim, Opening opening) {
    List<Bytes32> own = new ArrayList<>();
    opening.interior().forEach(root -> own.add(root.value()));
    own.add(opening.end().value());
    return paid(
        facts.challengerBond(),
        ArbiterFunction.CHALLENGE,
        new AbiTuple().word(claim).word(opening.claimedRoot().value()).words(own));
  }

  private AbiTuple subdivision(OpenedSegment answered, Subdivision move) {
    List<Bytes32> values = new ArrayList<>();
    values.add(answered.high());
    if (answered.segment() > 0) {
      values.add(answered.low());
    }
    switch (answered.ends()) {
      case Ends.Given(var agreed, var other) -> {
        values.add(agreed);
        values.add(other);
      }
      case Ends.Hashed(var hash) -> values.add(hash);
    }
    values.addAll(answered.siblings());
    values.addAll(move.interior());
    values.add(move.end());
    return game(answered.game(), answered.word()).unsigned(answered.segment()).words(values);
  }

  private CallData openMachine(OpenedSegment answered, MachineOpening move) {
    Ends.Given ends = only(answered);
    List<Bytes32> values = new ArrayList<>(List.of(answered.high(), ends.agreed(), ends.other()));
    values.addAll(move.interior());
    return free(
        ArbiterFunction.OPEN_MACHINE,
        game(answered.game(), answered.word()).bytes(endState(move.endState())).words(values));
  }

  private static byte[] endState(MachineState state) {
    ByteBuffer encoded = ByteBuffer.allocate(END_STATE_SIZE);
    encoded
        .put(state.lowerRoot().toByteArray())
        .put(state.upperRoot().toByteArray())
        .putLong(state.pc())
        .putLong(state.count())
        .put((byte) state.status().code());
    state.registers().forEach(encoded::putLong);
    return encoded.array();
  }

  private CallData witness(OpenedSegment answered, Witness witness) {
    Ends.Given ends = only(answered);
    return free(
        ArbiterFunction.SUBMIT_WITNESS,
        game(answered.game(), answered.word())
            .word(ends.agreed())
            .word(ends.other())
            .word(answered.high())
            .bytes(witness.encoded()));
  }

  /** The ends of a position that has one segment. */
  private static Ends.Given only(OpenedSegment answered) {
    if (answered.segment() == 0 && answered.ends() instanceof Ends.Given given) {
      return given;
    }
    throw new IllegalArgumentException(
        "segment " + answered.segment() + " of several where there is one");
  }

  private CallData stored(ArbiterFunction function, PositionSummary stored) {
    return free(
        function, game(stored.game(), stored.word()).word(stored.ends()).word(stored.root()));
  }

  private AbiTuple game(GameId id, PositionWord word) {
    CallFacts.Match match = facts.match(id);
    return new AbiTuple().word(match.claim().value()).address(match.challenger()).word(word.pack());
  }

  private static CallData named(ArbiterFunction function, Bytes32 id) {
    return free(function, new AbiTuple().word(id));
  }

  private static CallData free(ArbiterFunction function, AbiTuple arguments) {
    return paid(Wei.ZERO, function, arguments);
  }

  private static CallData paid(Wei value, ArbiterFunction function, AbiTuple arguments) {
    return new CallData(function.call(arguments), value);
  }
}
