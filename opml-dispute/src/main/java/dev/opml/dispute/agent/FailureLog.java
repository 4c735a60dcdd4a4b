package dev.opml.dispute.agent;

import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import java.lang.System.Logger.Level;

/** Says what went wrong in an agent that nobody watches. */
final class FailureLog {
  private static final System.Logger LOG = System.getLogger(FailureLog.class.getName());

  private FailureLog() {}

  static void failure(Object what, Throwable failure) {
    LOG.log(Level.WARNING, "failed, will be tried again: " + what, failure);
  }

  static void noMove(GameId game) {
    LOG.log(Level.WARNING, "the trace supports no move, the game will be lost: " + game);
  }

  static void riskyReveal(ClaimId claim) {
    LOG.log(Level.WARNING, "revealed before its seal is final: " + claim);
  }

  static void declined(Object what, Decline why) {
    LOG.log(Level.WARNING, "left alone for " + why + ": " + what);
  }

  static void missed(long calls) {
    LOG.log(Level.WARNING, "the listener was too slow, and not told of " + calls + " events");
  }
}
