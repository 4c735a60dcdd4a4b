package dev.opml.dispute.agent;

import dev.opml.api.Bytes32;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Seal;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.Reveal;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.internal.Preimage;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import dev.opml.dispute.journal.SealedAnswer;
import dev.opml.merkle.Commitments;
import java.util.List;

/**
 * Answers requests, defends its claims in every game, settles them and collects fees and credits.
 * An answer is in the journal before its seal is sent, until it is revealed, so that after a crash
 * it need not be computed again. The salt of a seal follows from the request and the proposer's
 * secret, so that even a crash that loses the journal loses no bond that there is time to save.
 */
public final class Proposer implements Agent {
  private final AgentContext context;
  private final ProposerPolicy policy;
  private final Salt secret;
  private final Sender sender;
  private final Tasks tasks;
  private final GamePlayer player;
  private final Recent<RequestId, Answer> answers = new Recent<>();
  private final SealedAnswers sealed;
  private final ChainIndex index;

  /**
   * Makes a proposer; reconciles its journal with the chain.
   *
   * @param secret known to this proposer only; the same after a restart
   */
  public Proposer(AgentContext context, ProposerPolicy policy, Salt secret) {
    this.context = context;
    this.policy = policy;
    this.secret = secret;
    this.sender = new Sender(context);
    this.sealed = new SealedAnswers(context, sender.journal());
    this.tasks = new Tasks(context.workers(), context.listener());
    this.player = new GamePlayer(context, Side.PROPOSER, sender, tasks);
    this.index = new ChainIndex(context.arbiter());
  }

  @Override
  public void poll() {
    index.refresh();
    index.requests(this::mayAnswer).forEach(id -> tasks.start(id, () -> answer(id)));
    index.claims(this::isUnfinished).forEach(id -> tasks.start(id, () -> advance(id)));
    player.poll(index);
    if (!arbiter().credit(arbiter().account()).isZero()) {
      tasks.start(arbiter().account(), this::withdraw);
    }
  }

  private boolean mayAnswer(RequestId id) {
    RequestView request = context.request(id);
    return request.status() == RequestStatus.OPEN
        && context.runner(request.terms().model()).isPresent();
  }

  private void answer(RequestId id) {
    context.request(id).claims().stream()
        .map(context::claim)
        .filter(claim -> !isOurs(claim))
        .forEach(this::decideIfOverdue);
    RequestView request = context.request(id);
    List<ClaimView> own =
        request.claims().stream().map(context::claim).filter(this::isOurs).toList();
    // A claim that was not revealed in time may be made again; a refuted one would be refuted
    // again.
    if (request.status() != RequestStatus.OPEN
        || request.sealing().secondsLeft(context.head()) < context.marginSeconds()
        || own.stream().anyMatch(claim -> claim.status() != ClaimStatus.EXPIRED)
        || !policy.accepts(request)) {
      return;
    }
    sealed.tidy();
    Answer answer = answerTo(request);
    Salt salt = salt(id, own.size());
    Seal seal = seal(request, answer, salt);
    ClaimId claim = ClaimId.of(context.expected().identity(), id, arbiter().account(), seal);
    sealed.keep(new SealedAnswer(claim, id, reveal(answer, salt)));
    sender.send(
        Intent.of(IntentKind.SEAL, claim.value()), () -> arbiter().seal(id, seal, answer.output()));
  }

  /** The salt of this proposer's claim number {@code attempt} on a request. */
  private Salt salt(RequestId request, int attempt) {
    return new Salt(
        new Preimage().bytes32(secret.value()).bytes32(request.value()).u64(attempt).keccak());
  }

  private Seal seal(RequestView request, Answer answer, Salt salt) {
    return Seal.of(
        context.expected().identity(),
        request.id(),
        arbiter().account(),
        Commitments.outputRoot(answer.output()),
        answer.finalRoot(),
        salt);
  }

  private boolean isUnfinished(ClaimId id) {
    ClaimView claim = context.claim(id);
    return isOurs(claim)
        && (claim.status().alive()
            || (claim.status() == ClaimStatus.FINAL && waitsForFee(claim, context.request(claim))));
  }

  /** Whether the fee is a final claim's, or would be if all that were sealed earlier failed. */
  private static boolean waitsForFee(ClaimView claim, RequestView request) {
    return !request.feeGone() && request.payee().filter(claim.id()::equals).isPresent();
  }

  private void advance(ClaimId id) {
    ClaimView claim = context.claim(id);
    RequestView request = context.request(claim);
    if (context.runner(request.terms().model()).isEmpty()) {
      return;
    }
    switch (claim.status()) {
      case SEALED -> reveal(claim, request);
      case REVEALED -> decideIfOverdue(claim);
      case FINAL -> collect(claim, request);
      case REFUTED, EXPIRED -> {}
    }
  }

  private void reveal(ClaimView claim, RequestView request) {
    if (!claim.canReveal(context.head())) {
      decideIfOverdue(claim);
      sealed.tidy(claim.id());
      return;
    }
    Reveal reveal = sealed.find(claim).orElseGet(() -> computeAgain(claim, request));
    sender.send(
        Intent.of(IntentKind.REVEAL, claim.id().value()),
        () -> arbiter().reveal(claim.id(), reveal));
    sealed.tidy(claim.id());
  }

  /** Finds what opens a seal without the journal, which was lost, or could not be written. */
  private Reveal computeAgain(ClaimView claim, RequestView request) {
    Answer answer = answerTo(request);
    for (int attempt = 0; attempt < request.claims().size(); attempt++) {
      Salt salt = salt(request.id(), attempt);
      if (seal(request, answer, salt).equals(claim.seal())) {
        return reveal(answer, salt);
      }
    }
    throw new IllegalStateException("no salt of this proposer opens the seal of claim " + claim);
  }

  private static Reveal reveal(Answer answer, Salt salt) {
    return new Reveal(answer.finalRoot(), answer.outputPath(), salt);
  }

  /** Collects the fee, which waits for the claims sealed earlier. */
  private void collect(ClaimView claim, RequestView request) {
    if (!waitsForFee(claim, request)) {
      return;
    }
    for (ClaimId id : request.claims()) {
      if (id.equals(claim.id())) {
        break;
      }
      decideIfOverdue(context.claim(id));
      if (context.claim(id).status().alive()) {
        return;
      }
    }
    // One of those just decided may be the earliest with the same root, and the fee its proposer's.
    if (waitsForFee(claim, context.request(claim))) {
      sender.send(
          Intent.of(IntentKind.PAY_FEE, request.id().value()),
          () -> arbiter().payFee(request.id()));
    }
  }

  /**
   * Decides a claim that only waits for somebody to say so, which may be nobody but those who wait:
   * an unrevealed claim keeps a request from being answered, and its proposer from nothing.
   */
  private void decideIfOverdue(ClaimView claim) {
    ClaimId id = claim.id();
    if (claim.canExpire(context.head())) {
      sender.send(Intent.of(IntentKind.EXPIRE, id.value()), () -> arbiter().expire(id));
    } else if (claim.canSettle(context.head())) {
      sender.send(Intent.of(IntentKind.SETTLE, id.value()), () -> arbiter().settle(id));
    }
  }

  private void withdraw() {
    sender.send(Intent.of(IntentKind.WITHDRAW, Bytes32.ZERO), () -> arbiter().withdraw());
  }

  private Answer answerTo(RequestView request) {
    ModelRunner runner = context.runner(request.terms().model()).orElseThrow();
    return answers.get(request.id(), () -> runner.answer(request.terms().inference()));
  }

  private boolean isOurs(ClaimView claim) {
    return claim.proposer().equals(arbiter().account());
  }

  private Arbiter arbiter() {
    return context.arbiter();
  }

  @Override
  public void close() {
    player.close();
  }
}
