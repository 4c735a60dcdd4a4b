package dev.opml.ethereum;

import dev.opml.api.inference.Trace;
import dev.opml.api.trace.MachineTrace;
import dev.opml.dispute.agent.Move;
import dev.opml.dispute.agent.MoveChooser;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;

/**
 * A game between two traces, each of which says what its player does.
 *
 * @param proves whether the last move brings its witness; else that is a call of its own
 */
record Duel(Arity arity, Trace proposers, Trace challengers, boolean proves) {
  /** The call of whoever is to move. */
  ArbiterCall next(GameView game) {
    Position at = game.position();
    return switch (move(at, at.toMove() == Side.PROPOSER ? proposers : challengers)) {
      case Move.Subdivide(var segment, var subdivision) ->
          new ArbiterCall.Subdivide(at.open(segment), subdivision);
      case Move.Prove(var segment, var subdivision, var witness) ->
          new ArbiterCall.Prove(at.open(segment), subdivision, witness);
      case Move.OpenMachine(var opening) -> new ArbiterCall.OpenMachine(at.open(0), opening);
      case Move.SubmitWitness(var witness) -> new ArbiterCall.SubmitWitness(at.open(0), witness);
    };
  }

  private Move move(Position at, Trace trace) {
    MoveChooser chooser = new MoveChooser(arity);
    if (!MoveChooser.needsMachine(at)) {
      return chooser.amongNodes(at, trace).orElseThrow();
    }
    try (MachineTrace machine = trace.machine(MoveChooser.disputedNode(at))) {
      Move move = chooser.insideNode(at, machine).orElseThrow();
      return proves ? MoveChooser.withWitness(at, move, machine) : move;
    }
  }
}
