package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.view.ArbiterView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code opml chain games}: all disputes. */
@Command(
    name = "games",
    sortOptions = false,
    description = "Shows all games about claims, those that have ended too.")
final class ChainGamesCommand extends Subcommand {
  @Mixin private ArbiterOptions arbiter = new ArbiterOptions();

  ChainGamesCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  boolean execute(ObjectNode result) {
    ArbiterView seen = arbiter.history(this);
    result.put("block", seen.head().number());
    ArrayNode games = result.putArray("games");
    for (GameView game : seen.games()) {
      GameText text = new GameText(game);
      text.addTo(games.addObject());
      sayLine(text.line());
    }
    return true;
  }
}
