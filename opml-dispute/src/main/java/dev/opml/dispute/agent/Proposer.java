package dev.opml.dispute.agent;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Defends its claims in every game, reveals and settles them, collects fees and credits, and only
 * then answers requests, as many as it has money for and can defend at once. An answer is in the
 * journal before its seal is sent, until it is revealed, so that after a crash it need not be
 * computed again. The salt of a seal follows from the request and the proposer's secret, so that
 * even a crash that loses the journal loses no bond that there is time to save.
 */
public final class Proposer implements Agent {
  private static final int DECLINED = 4096;

  /** Claims on one request: what keeps two from being revealed would burn a third bond. */
  private static final int MOST_CLAIMS = 2;

  private final AgentContext context;
  private final ProposerPolicy policy;
  private final Salt secret;
  private final Sender sender;
  private final Tasks tasks;
  private final Steps steps;
  private final GamePlayer player;
  private final Recent<RequestId, Answer> answers = new Recent<>();
  private final SealedAnswers sealed;
  private final ChainIndex index;

  /** The answers to open requests that were run once, by their roots. */
  private final Map<RequestId, AnswerRoots> roots = new ConcurrentHashMap<>();

  /** Bonds of the answers in the making. */
  private final Promises<RequestId> promised = new Promises<>();

  private final Recent<List<Object>, Boolean> declined = new Recent<>(DECLINED);

  /** Requests that may be answered. Used by the polling thread only. */
  private List<RequestId> open = List.of();

  /** Own undecided claims; empty while they are not known. Used by the polling thread only. */
  private Optional<List<ClaimId>> undecided = Optional.empty();

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
    this.tasks = new Tasks(context);
    this.steps = new Steps(context.listener());
    this.player = new GamePlayer(context, Side.PROPOSER, sender, tasks);
    this.index = new ChainIndex(context.arbiter());
  }

  @Override
  public void poll() {
    // Before the chain is read: what ends from now on is counted twice, and never not at all.
    promised.retain(tasks.running(Work.ANSWER)::contains);
    steps.run(this, () -> tasks.nextRound(context.now()));
    undecided = Optional.empty();
    steps.run(this, index::refresh);
    steps.run(Work.GAME, () -> player.poll(index));
    steps.run(Work.TRACE, player::makeTraces);
    steps.run(Work.CLAIM, this::startOwnClaims);
    steps.run(Work.CLAIM, this::startWithdrawal);
    steps.run(Work.ANSWER, () -> open = index.requests(steps.orKeep(this::mayAnswer)));
    steps.run(Work.CLAIM, this::startRivals);
    steps.run(Work.ANSWER, this::startAnswers);
    steps.run(Work.TRACE, () -> undecided.ifPresent(this::dropTraces));
  }

  private void startOwnClaims() {
    List<ClaimId> own = index.claims(steps.orKeep(this::isUnfinished));
    undecided =
        Optional.of(
            own.stream().filter(steps.orKeep(id -> context.claim(id).status().alive())).toList());
    List<ClaimId> due = own.stream().filter(steps.orKeep(this::isDue)).toList();
    steps
        .mostUrgentFirst(due, tasks::failures, this::revealDeadline)
        .forEach(id -> tasks.start(Work.CLAIM, id, () -> advance(id)));
  }

  /** Drops the traces that neither a game nor a claim that may be challenged needs. */
  private void dropTraces(List<ClaimId> undecided) {
    Map<RequestId, Long> needed = new HashMap<>();
    promised.keys().forEach(id -> needed.put(id, Long.MAX_VALUE));
    undecided.forEach(
        id -> steps.run(id, () -> needed.put(context.claim(id).request(), Long.MAX_VALUE)));
    player.dropTraces(needed);
  }

  private void startWithdrawal() {
    if (!arbiter().credit(arbiter().account()).isZero()) {
      tasks.start(Work.CLAIM, arbiter().account(), this::withdraw);
    }
  }

  /** Until when a claim's bond depends on its proposer. */
  private long revealDeadline(ClaimId id) {
    ClaimView claim = context.claim(id);
    return claim.status() == ClaimStatus.SEALED ? claim.reveal().deadline() : Long.MAX_VALUE;
  }

  /** Whether a request can be answered, or could be again if a claim fails. */
  private boolean mayAnswer(RequestId id) {
    RequestView request = context.request(id);
    // Nobody has to refund what is over, so it must not be read in every round.
    boolean over = request.sealing().isOver(context.head()) && request.liveClaims() == 0;
    return request.status() == RequestStatus.OPEN
        && !over
        && context.runner(request.terms().model()).isPresent();
  }

  /** Decides the claims of others that only wait for it, and keep a request from its answer. */
  private void startRivals() {
    for (RequestId request : open) {
      steps.run(
          request,
          () ->
              context.request(request).claims().stream()
                  .filter(steps.orLeave(this::isOverdueRival))
                  .forEach(
                      id -> tasks.start(Work.CLAIM, id, () -> decideIfOverdue(context.claim(id)))));
    }
  }

  /** Whether a rival was not revealed in time, or is right and nobody has settled it. */
  private boolean isOverdueRival(ClaimId id) {
    ClaimView claim = context.claim(id);
    AnswerRoots own = roots.get(claim.request());
    return !isOurs(claim)
        && (claim.canExpire(context.head())
            || (own != null && own.agree(claim) && claim.canSettle(context.head())));
  }

  private void startAnswers() {
    roots.keySet().retainAll(Set.copyOf(open));
    undecided.ifPresent(this::startAnswers);
  }

  /** Answers as many requests as can be defended beside the own undecided claims. */
  private void startAnswers(List<ClaimId> claims) {
    Defence defence = new Defence(context);
    for (ClaimId id : claims) {
      RequestView request = context.request(context.claim(id));
      defence.addClaim(request.terms().model(), request.traceLength());
    }
    for (RequestId id : promised.keys()) {
      RequestView request = context.request(id);
      defence.addAnswer(request.terms().model(), request.traceLength());
    }
    Wei held = arbiter().balance(arbiter().account());
    List<RequestId> wanted =
        open.stream()
            .filter(id -> !promised.keys().contains(id))
            .filter(steps.orLeave(id -> wants(context.request(id))))
            .toList();
    for (RequestId id : steps.mostUrgentFirst(wanted, tasks::failures, this::sealingDeadline)) {
      RequestView request = context.request(id);
      Optional<Decline> reason = reason(request, claims.size(), defence, held);
      if (reason.isPresent()) {
        decline(id, reason.get());
      } else if (tasks.start(Work.ANSWER, id, () -> answer(id))) {
        defence.addAnswer(request.terms().model(), request.traceLength());
      } else {
        promised.end(id);
      }
    }
  }

  /** Why a request is not to be answered now; if there is no reason, its bond is promised. */
  private Optional<Decline> reason(RequestView request, int claims, Defence defence, Wei held) {
    ModelId model = request.terms().model();
    long length = request.traceLength();
    long left = request.sealing().secondsLeft(context.head());
    if (claims + promised.keys().size() >= context.limits().openClaims()) {
      return Optional.of(Decline.OPEN_CLAIMS);
    }
    if (!defence.allowsAlone(model, length)
        || Effort.of(context).isTooLongToAnswer(request, left)) {
      return Optional.of(Decline.SPEED);
    }
    if (!defence.allowsAnswer(model, length)) {
      return Optional.of(Decline.WORK);
    }
    if (held.isLessThan(promised.promise(request.id(), request.terms().policy().bond()))) {
      promised.end(request.id());
      return Optional.of(Decline.BALANCE);
    }
    return Optional.empty();
  }

  private long sealingDeadline(RequestId id) {
    return context.request(id).sealing().deadline();
  }

  private void decline(RequestId id, Decline why) {
    declined.get(
        List.of(id, why),
        () -> {
          context.listener().onDeclined(id, why);
          return true;
        });
  }

  /**
   * Whether a request is still to be answered. A claim that was not revealed in time may be made
   * again, once; a refuted one would be refuted again.
   */
  private boolean wants(RequestView request) {
    return request.status() == RequestStatus.OPEN
        && request.sealing().secondsLeft(context.head()) >= context.marginSeconds()
        && own(request).size() < MOST_CLAIMS
        && own(request).stream().allMatch(claim -> claim.status() == ClaimStatus.EXPIRED)
        && policy.accepts(request)
        && (policy.joinsTheSame() || !isAnswered(request));
  }

  private List<ClaimView> own(RequestView request) {
    return request.claims().stream().map(context::claim).filter(this::isOurs).toList();
  }

  /** Whether a live claim says what this proposer has computed, as far as it says it yet. */
  private boolean isAnswered(RequestView request) {
    AnswerRoots own = roots.get(request.id());
    return own != null
        && request.claims().stream()
            .map(context::claim)
            .anyMatch(claim -> claim.status().alive() && own.agree(claim));
  }

  private void answer(RequestId id) {
    Answer answer = answerTo(RequestCheck.checked(context, id));
    if (!Commitments.outputOpens(answer.output(), answer.outputPath(), answer.finalRoot())) {
      throw new IllegalStateException("the answer to request " + id + " cannot be revealed");
    }
    roots.put(id, AnswerRoots.of(answer));
    // Read again after the run, which takes long, for who else has answered.
    RequestView request = RequestCheck.checked(context, id);
    if (!wants(request)) {
      return;
    }
    Salt salt = salt(id, own(request).size());
    Seal seal = seal(request, answer, salt);
    ClaimId claim = ClaimId.of(context.expected().identity(), id, arbiter().account(), seal);
    Intent intent = Intent.of(IntentKind.SEAL, claim.value());
    if (sender.maySend(intent)) {
      sealed.tidy();
      sealed.keep(new SealedAnswer(claim, id, reveal(answer, salt)));
      sender.send(intent, () -> arbiter().seal(id, seal, answer.output()));
    }
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

  /** Whether there is something to do for an own claim. */
  private boolean isDue(ClaimId id) {
    ClaimView claim = context.claim(id);
    return claim.canReveal(context.head())
        || claim.canExpire(context.head())
        || claim.canSettle(context.head())
        || (claim.status() == ClaimStatus.FINAL && canCollect(claim, context.request(claim)));
  }

  /** Whether no claim that was sealed earlier keeps a final one from its fee. */
  private boolean canCollect(ClaimView claim, RequestView request) {
    return request.claims().stream()
        .takeWhile(id -> !id.equals(claim.id()))
        .map(context::claim)
        .noneMatch(earlier -> earlier.status().alive() && !canDecide(earlier, claim));
  }

  /** Whether an earlier claim can be decided now, and does not say something else than ours. */
  private boolean canDecide(ClaimView earlier, ClaimView ours) {
    return earlier.canExpire(context.head())
        || (earlier.canSettle(context.head()) && earlier.finalRoot().equals(ours.finalRoot()));
  }

  /** Whether the fee is a final claim's, or would be if all that were sealed earlier failed. */
  private static boolean waitsForFee(ClaimView claim, RequestView request) {
    return !request.feeGone() && request.payee().filter(claim.id()::equals).isPresent();
  }

  private void advance(ClaimId id) {
    ClaimView claim = context.claim(id);
    RequestView request = context.request(claim);
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
      ClaimView earlier = context.claim(id);
      if (canDecide(earlier, claim)) {
        decideIfOverdue(earlier);
      }
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
    ModelRunner runner =
        context
            .runner(request.terms().model())
            .orElseThrow(
                () -> new IllegalStateException("no runner for " + request.terms().model()));
    return answers.get(
        request.id(),
        () ->
            runner.answer(
                request.terms().inference(), trace -> player.keepTrace(request.id(), trace)));
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
