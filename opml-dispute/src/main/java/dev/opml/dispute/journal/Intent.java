package dev.opml.dispute.journal;

import dev.opml.api.Bytes32;

/**
 * A transaction that an agent is about to send.
 *
 * @param kind what it does
 * @param target id of the request, claim or game it is about, or zero
 * @param answers hash of the position that a move answers, or zero
 */
public record Intent(IntentKind kind, Bytes32 target, Bytes32 answers) {
  /** An intent that answers no position. */
  public static Intent of(IntentKind kind, Bytes32 target) {
    return new Intent(kind, target, Bytes32.ZERO);
  }
}
