package dev.opml.dispute.agent;

import dev.opml.dispute.Block;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.Seal;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.Reveal;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.SealedAnswer;
import java.util.Optional;

/**
 * The answers in a proposer's journal: there before a seal is sent, and until its claim is revealed
 * or cannot be any more. Thread-safe.
 */
final class SealedAnswers {
  private final AgentContext context;
  private final Journal journal;

  /** Forgets what a proposer needs no more since its journal was written. */
  SealedAnswers(AgentContext context, Journal journal) {
    this.context = context;
    this.journal = journal;
    tidy();
  }

  /** Keeps an answer; durable when this returns. Without it nothing may be sealed. */
  void keep(SealedAnswer answer) {
    journal.keep(answer);
  }

  /** Opens the seal of a claim, if the journal knows how. */
  Optional<Reveal> find(ClaimView claim) {
    return journal
        .kept(claim.id())
        .map(SealedAnswer::reveal)
        .filter(reveal -> seal(claim, reveal).equals(claim.seal()));
  }

  private Seal seal(ClaimView claim, Reveal reveal) {
    return Seal.of(
        context.expected().identity(),
        claim.request(),
        claim.proposer(),
        claim.outputRoot(),
        reveal.finalRoot(),
        reveal.salt());
  }

  /** Forgets all that cannot be revealed any more. */
  void tidy() {
    journal.kept().forEach(this::tidy);
  }

  /** Forgets the answer of a claim, if it cannot be revealed any more. */
  void tidy(ClaimId claim) {
    journal.kept(claim).ifPresent(this::tidy);
  }

  private void tidy(SealedAnswer answer) {
    if (isNeeded(answer)) {
      return;
    }
    try {
      journal.drop(answer.claim());
    } catch (Throwable e) {
      // It is dropped another time.
      context.listener().onFailure(answer.claim(), e);
    }
  }

  private boolean isNeeded(SealedAnswer answer) {
    // The time and the request first: a seal that is taken after these reads is one that may still
    // be sealed.
    Block now = context.head();
    Optional<RequestView> request = context.arbiter().request(answer.request());
    Optional<ClaimView> claim = context.arbiter().claim(answer.claim());
    if (claim.isPresent()) {
      return claim.get().status() == ClaimStatus.SEALED;
    }
    // Its seal may be under way as long as it would be taken, or its request come back.
    return request.filter(it -> !mayBeSealed(it, now)).isEmpty();
  }

  private static boolean mayBeSealed(RequestView request, Block now) {
    return request.status() == RequestStatus.OPEN && !request.sealing().isOver(now);
  }
}
