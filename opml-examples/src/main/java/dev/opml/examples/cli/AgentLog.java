package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.agent.Agent;
import dev.opml.dispute.agent.AgentListener;
import dev.opml.dispute.agent.Decline;
import dev.opml.dispute.journal.Intent;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Writes each thing that an agent tells as a line: words for people, or a JSON object. */
final class AgentLog implements AgentListener {
  private static final int MOST_TEXT = 400;

  private final Terminal terminal;
  private final boolean json;
  private final Clock clock;
  private final Consumer<StandardOutputException> onLost;
  private final AtomicBoolean isLost = new AtomicBoolean();

  /**
   * Creates the log.
   *
   * @param onLost is told once if standard output cannot be written any more
   */
  AgentLog(Terminal terminal, boolean json, Clock clock, Consumer<StandardOutputException> onLost) {
    this.onLost = onLost;
    this.terminal = terminal;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Writes a line.
   *
   * @param event what has happened, in one word
   * @param what whom it is about
   * @param more the rest, or nothing
   */
  void write(String event, Object what, String more) {
    String time = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    String about = Printable.line(what instanceof Agent ? "a round" : what.toString(), MOST_TEXT);
    String rest = Printable.line(more, MOST_TEXT);
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("time", time).put("event", event).put("what", about).put("more", rest);
    try {
      terminal
          .out()
          .println(
              json ? line : "%s %-9s %s %s".formatted(time, event, about, rest).stripTrailing());
    } catch (StandardOutputException e) {
      if (!isLost.getAndSet(true)) {
        onLost.accept(e);
      }
    }
  }

  @Override
  public void onAccepted(Intent intent) {
    write("accepted", intent.target(), Printable.name(intent.kind()));
  }

  @Override
  public void onRefused(Intent intent, ArbiterRefusedException refusal) {
    write(
        "refused",
        intent.target(),
        Printable.name(intent.kind()) + ": " + Printable.name(refusal.reason()));
  }

  @Override
  public void onVerdict(ClaimId claim, Verification verdict) {
    switch (verdict) {
      case Verification.Holds() -> write("true", claim, "");
      case Verification.WrongToken(int index, int claimed, int computed) ->
          write("false", claim, "token %d is %d, not %d".formatted(index, computed, claimed));
      case Verification.WrongFinalRoot(var claimed, var computed) ->
          write("false", claim, "the final root is %s, not %s".formatted(computed, claimed));
      case Verification.WrongModel(var claimed, var computed) ->
          write("false", claim, "the model is %s, not %s".formatted(computed, claimed));
    }
  }

  @Override
  public void onNoMove(GameId game) {
    write("no-move", game, "the game will be lost");
  }

  @Override
  public void onRiskyReveal(ClaimId claim) {
    write("risky", claim, "revealed before its seal is final");
  }

  @Override
  public void onDeclined(Object what, Decline why) {
    write("declined", what, Printable.name(why));
  }

  @Override
  public void onMissed(long calls) {
    write("missed", calls + " lines", "whoever reads this is too slow");
  }

  @Override
  public void onFailure(Object what, Throwable failure) {
    write("failed", what, Failure.of(failure, null).line().replaceFirst("^opml: ", ""));
  }
}
