package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An event as the contract's log has it.
 *
 * @param topics the hash of its signature, and what is indexed
 * @param data all else
 */
record GameLog(List<Bytes32> topics, byte[] data) {
  /** Empty if it is no event of a game, nor one that a game's end leads to at once. */
  static Optional<GameLog> of(ArbiterEvent event) {
    return Optional.ofNullable(
        switch (event) {
          case GameEvent.Challenged(var game, var claim, var challenger, var position) ->
              log(
                  "Challenged(bytes32,bytes32,address,uint256,bytes32,bytes32,bytes32[])",
                  List.of(
                      game.value(),
                      claim.value(),
                      Bytes32.of(new AbiWords().word(challenger).toByteArray())),
                  new AbiWords()
                      .word(position.word().pack())
                      .word(position.agreed())
                      .word(position.otherEnd().orElseThrow())
                      .word(4 * 32)
                      .array(own(position)));
          case GameEvent.Subdivided(var game, var _, var segment, var position) ->
              log(
                  "Subdivided(bytes32,uint256,uint256,bytes32,bytes32,bytes32[])",
                  List.of(game.value()),
                  new AbiWords()
                      .word(segment)
                      .word(position.word().pack())
                      .word(position.agreed())
                      .word(position.otherEnd().orElseThrow())
                      .word(5 * 32)
                      .array(own(position)));
          case GameEvent.MachineOpened(var game, var _, var position) ->
              log(
                  "MachineOpened(bytes32,uint256,bytes32,bytes32[])",
                  List.of(game.value()),
                  new AbiWords()
                      .word(position.word().pack())
                      .word(position.agreed())
                      .word(3 * 32)
                      .array(own(position)));
          case GameEvent.InstructionExecuted(var game, var position, var result, var submitter) ->
              log(
                  "InstructionExecuted(bytes32,uint256,bytes32,bytes32,bytes32,bytes32,address)",
                  List.of(game.value()),
                  new AbiWords()
                      .word(position.word().pack())
                      .word(position.agreed())
                      .word(position.otherEnd().orElse(Bytes32.ZERO))
                      .word(position.moverEnd())
                      .word(result.value())
                      .word(submitter));
          case GameEvent.Ended(
                  var game,
                  var reason,
                  var winner,
                  var reward,
                  var returned,
                  var burnt) ->
              log(
                  "Ended(bytes32,uint8,uint8,uint256,uint256,uint256)",
                  List.of(game.value()),
                  new AbiWords()
                      .word(reason.ordinal())
                      .word(winner.map(side -> side == Side.PROPOSER ? 1 : 2).orElse(0))
                      .word(reward)
                      .word(returned)
                      .word(burnt));
          case ArbiterEvent.ClaimRefuted(var claim, var quota, var burnt) ->
              log(
                  "ClaimRefuted(bytes32,uint256,uint256)",
                  List.of(claim.value()),
                  new AbiWords().word(quota).word(burnt));
          default -> null;
        });
  }

  private static GameLog log(String signature, List<Bytes32> indexed, AbiWords data) {
    List<Bytes32> topics = new ArrayList<>(List.of(AbiWords.topic(signature)));
    topics.addAll(indexed);
    return new GameLog(topics, data.toByteArray());
  }

  private static List<Bytes32> own(Position position) {
    List<Bytes32> own = new ArrayList<>(position.interior());
    own.add(position.moverEnd());
    return own;
  }
}
