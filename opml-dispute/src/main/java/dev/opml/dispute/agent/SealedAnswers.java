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
import dev.opml.dispute.view.ChainView;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The answers in a proposer's journal: there before a seal is sent, and until its claim is revealed
 * or cannot be any more. Thread-safe.
 */
final class SealedAnswers {
  private final AgentContext context;
  private final Journal journal;

  /** Number of the newest block when an answer was first found to be about nothing. */
  private final Map<ClaimId, Long> missing = new ConcurrentHashMap<>();

  SealedAnswers(AgentContext context, Journal journal) {
    this.context = context;
    this.journal = journal;
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

  /** Whether there are answers that cannot be needed any more. */
  boolean isUntidy(ChainView chain) {
    return journal.kept().stream().anyMatch(answer -> !isNeeded(answer, chain));
  }

  /** Forgets all answers that cannot be needed any more. */
  void tidy(ChainView chain) {
    journal.kept().stream().filter(answer -> !isNeeded(answer, chain)).forEach(this::drop);
  }

  private void drop(SealedAnswer answer) {
    try {
      journal.drop(answer.claim());
      missing.remove(answer.claim());
    } catch (Throwable e) {
      // It is dropped another time.
      context.listener().onFailure(answer.claim(), e);
    }
  }

  /** A reorganisation may undo a block that is not final, and the answer be needed again. */
  private boolean isNeeded(SealedAnswer answer, ChainView chain) {
    Optional<ClaimView> claim = chain.finalized().claim(answer.claim());
    if (claim.isPresent()) {
      return claim.get().status() == ClaimStatus.SEALED;
    }
    if (chain.claim(answer.claim()).isPresent()) {
      return true;
    }
    // Its seal may be under way as long as it would be taken, or its request come back.
    return chain
        .finalized()
        .request(answer.request())
        .map(request -> mayBeSealed(request, chain.head().block()))
        .orElseGet(() -> chain.request(answer.request()).isPresent() || mayComeBack(answer, chain));
  }

  private static boolean mayBeSealed(RequestView request, Block now) {
    return request.status() == RequestStatus.OPEN && !request.sealing().isOver(now);
  }

  /** Whether a request that is unknown, or was forgotten, may be under way to the chain again. */
  private boolean mayComeBack(SealedAnswer answer, ChainView chain) {
    long number = chain.head().number();
    return chain.finalized().head().number() < missing.computeIfAbsent(answer.claim(), _ -> number);
  }
}
