package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.game.Position;

/**
 * A game as people and programs read it.
 *
 * @param game the game
 */
record GameText(GameView game) {
  /** One line. */
  String line() {
    Position at = game.position();
    String turn =
        game.status() == GameStatus.OPEN ? ", " + Printable.name(at.toMove()) + " to move" : "";
    return "game %s %s, %d moves, %s %,d … %,d%s"
        .formatted(
            game.id(),
            Printable.name(game.status()),
            at.word().moves(),
            at.phase().insideNode()
                ? "instructions of node %,d:".formatted(at.node().value())
                : "nodes",
            at.low(),
            at.high(),
            turn);
  }

  /** Adds the same, and identities. */
  void addTo(ObjectNode object) {
    Position at = game.position();
    object
        .put("game", game.id().toString())
        .put("status", Printable.name(game.status()))
        .put("claim", game.claim().toString())
        .put("proposer", game.proposer().toHex())
        .put("challenger", game.challenger().toHex())
        .put("phase", Printable.name(at.phase()))
        .put("moves", at.word().moves())
        .put("toMove", Printable.name(at.toMove()))
        .put("node", at.node().value())
        .put("low", at.low())
        .put("high", at.high())
        .put("positionHash", game.positionHash().toString());
  }
}
