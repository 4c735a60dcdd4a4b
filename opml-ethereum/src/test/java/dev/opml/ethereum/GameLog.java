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
                      game.value(), claim.value(), Bytes32.of(Abi.encode(Abi.address(challenger)))),
                  Abi.word(position.word().pack()),
                  Abi.word(position.agreed()),
                  Abi.word(position.otherEnd().orElseThrow()),
                  own(position));
          case GameEvent.Subdivided(var game, var _, var segment, var position) ->
              log(
                  "Subdivided(bytes32,uint256,uint256,bytes32,bytes32,bytes32[])",
                  List.of(game.value()),
                  Abi.number(segment),
                  Abi.word(position.word().pack()),
                  Abi.word(position.agreed()),
                  Abi.word(position.otherEnd().orElseThrow()),
                  own(position));
          case GameEvent.MachineOpened(var game, var _, var position) ->
              log(
                  "MachineOpened(bytes32,uint256,bytes32,bytes32[])",
                  List.of(game.value()),
                  Abi.word(position.word().pack()),
                  Abi.word(position.agreed()),
                  own(position));
          case GameEvent.InstructionExecuted(var game, var position, var result, var submitter) ->
              log(
                  "InstructionExecuted(bytes32,uint256,bytes32,bytes32,bytes32,bytes32,address)",
                  List.of(game.value()),
                  Abi.word(position.word().pack()),
                  Abi.word(position.agreed()),
                  Abi.word(position.otherEnd().orElse(Bytes32.ZERO)),
                  Abi.word(position.moverEnd()),
                  Abi.word(result.value()),
                  Abi.address(submitter));
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
                  Abi.number(reason.ordinal()),
                  Abi.number(winner.map(side -> side == Side.PROPOSER ? 1 : 2).orElse(0)),
                  Abi.wei(reward),
                  Abi.wei(returned),
                  Abi.wei(burnt));
          case ArbiterEvent.ClaimRefuted(var claim, var quota, var burnt) ->
              log(
                  "ClaimRefuted(bytes32,uint256,uint256)",
                  List.of(claim.value()),
                  Abi.wei(quota),
                  Abi.wei(burnt));
          default -> null;
        });
  }

  private static GameLog log(String signature, List<Bytes32> indexed, Abi... data) {
    List<Bytes32> topics = new ArrayList<>(List.of(Abi.hash(signature)));
    topics.addAll(indexed);
    return new GameLog(topics, Abi.encode(data));
  }

  private static Abi own(Position position) {
    List<Bytes32> own = new ArrayList<>(position.interior());
    own.add(position.moverEnd());
    return Abi.words(own);
  }
}
