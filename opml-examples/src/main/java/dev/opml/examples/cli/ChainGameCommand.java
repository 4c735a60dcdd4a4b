package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.Bytes32;
import dev.opml.api.OpmlException;
import dev.opml.dispute.GameId;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.view.ArbiterView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code opml chain game}: one dispute. */
@Command(
    name = "game",
    sortOptions = false,
    description =
        "Shows one game, with what its players have said last and how much time they have.")
final class ChainGameCommand extends Subcommand {
  @Mixin private ArbiterOptions arbiter = new ArbiterOptions();

  @Parameters(paramLabel = "ID", converter = Identity.class, description = "The game.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Bytes32 id;

  ChainGameCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  boolean execute(ObjectNode result) {
    ArbiterView seen = arbiter.history(this);
    GameView game =
        seen.game(new GameId(id)).orElseThrow(() -> new OpmlException("there is no game " + id));
    GameText text = new GameText(game);
    result.put("block", seen.head().number());
    text.addTo(result);
    sayLine(text.line());
    sayLine("claim      " + game.claim());
    Position at = game.position();
    for (Side side : Side.values()) {
      String name = Printable.name(side);
      long seconds = at.clocks().secondsOf(side);
      result.put(name + "Seconds", seconds);
      sayLine(
          "%-10s %s, %,d s left when the turn began".formatted(name, game.player(side), seconds));
      at.end(side).ifPresent(root -> result.put(name + "End", root.toHex()));
    }
    ArrayNode said = result.putArray("commitments");
    for (int i = 0; i <= at.segments(); i++) {
      said.add(at.commitment(i).toHex());
      sayLine("  %,15d %s".formatted(at.boundary(i), at.commitment(i)));
    }
    return true;
  }
}
