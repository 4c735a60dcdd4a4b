package dev.opml.dispute.agent;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterCall;
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
import dev.opml.dispute.view.ArbiterView;
import dev.opml.dispute.view.ChainView;
import dev.opml.merkle.Commitments;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Defends its claims in every game, reveals and settles them, collects fees and credits, and only
 * then answers requests, as many as it has money for and can defend at once. An answer is in the
 * journal before its seal is sent, until it is revealed, so that after a crash it need not be
 * computed again. The salt of a seal follows from the request and the proposer's secret, so that
 * even a crash that loses the journal loses no bond that there is time to save.
 */
public final class Proposer implements Agent {
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
  private final Lookout lookout;

  /** The answers to open requests that were run once, by their roots. */
  private final Map<RequestId, AnswerRoots> roots = new ConcurrentHashMap<>();

  /** The seals under way, those from before a restart too. */
  private final Map<RequestId, Intent> seals = new ConcurrentHashMap<>();

  /** Bonds of the answers in the making and the seals under way. */
  private final Promises<RequestId> promised = new Promises<>();

  private final Once<Declined> declined = new Once<>();

  /** The claims that are revealed though their seals are not final. */
  private final Once<ClaimId> risky = new Once<>();

  private record Declined(RequestId request, Decline why) {}

  /**
   * Makes a proposer; reconciles its journal with the chain.
   *
   * @param secret known to this proposer only; the same after a restart
   */
  public Proposer(AgentContext context, ProposerPolicy policy, Salt secret) {
    this.context = context;
    this.policy = policy;
    this.secret = secret;
    this.lookout = new Lookout(context);
    this.sender = new Sender(context, lookout);
    this.sealed = new SealedAnswers(context, sender.journal());
    sealed.tidy(lookout.now());
    for (SealedAnswer answer : sender.journal().kept()) {
      Intent intent = Intent.of(IntentKind.SEAL, answer.claim().value());
      if (sender.isUnderWay(intent)) {
        seals.put(answer.request(), intent);
      }
    }
    this.tasks = new Tasks(context);
    this.steps = new Steps(context.listener());
    this.player = new GamePlayer(context, lookout, Side.PROPOSER, sender, tasks);
  }

  @Override
  public void poll() {
    // Before the chain is read: what ends from now on is counted twice, and never not at all.
    Set<Object> running = tasks.running(Work.ANSWER);
    seals
        .entrySet()
        .removeIf(it -> !running.contains(it.getKey()) && !sender.isUnseen(it.getValue()));
    promised.retain(id -> running.contains(id) || seals.containsKey(id));
    boolean seen = lookout.look();
    ChainView chain = lookout.now();
    steps.run(this, () -> tasks.nextRound(chain.head().block().time()));
    steps.run(Work.GAME, this::startReview);
    steps.run(Work.GAME, () -> player.poll(chain));
    steps.run(Work.TRACE, player::makeTraces);
    steps.run(Work.CLAIM, () -> startOwnClaims(chain));
    steps.run(Work.CLAIM, () -> startWithdrawal(chain));
    steps.run(Work.CLAIM, () -> startRivals(chain));
    steps.run(Work.CLAIM, () -> startTidying(chain));
    if (seen) {
      steps.run(Work.ANSWER, () -> startAnswers(chain));
    }
    steps.run(Work.TRACE, () -> dropTraces(chain));
  }

  private void startOwnClaims(ChainView chain) {
    risky.retain(id -> Verifier.isAlive(id, chain));
    List<ClaimView> due =
        chain.newest().claims().stream()
            .filter(this::isOurs)
            .filter(claim -> isDue(claim, chain) && !isSent(claim, chain.head().block()))
            .toList();
    steps
        .mostUrgentFirst(due, claim -> tasks.failures(claim.id()), Proposer::revealDeadline)
        .forEach(claim ->
            tasks.start(
                mayReveal(claim, chain) ? Work.REVEAL : Work.CLAIM,
                claim.id(),
                () -> advance(claim.id())));
  }

  /**
   * Whether the transaction that a claim needs waits to be included, or read: it has nothing to do,
   * and must not keep the places of others.
   */
  private boolean isSent(ClaimView claim, Block now) {
    IntentKind kind =
        switch (claim.status()) {
          case SEALED -> claim.canReveal(now) ? IntentKind.REVEAL : IntentKind.EXPIRE;
          case REVEALED -> IntentKind.SETTLE;
          case FINAL, REFUTED, EXPIRED -> IntentKind.PAY_FEE;
        };
    Bytes32 target = kind == IntentKind.PAY_FEE ? claim.request().value() : claim.id().value();
    return sender.isUnseen(Intent.of(kind, target));
  }

  /** Drops the traces that neither a game nor a claim that may be challenged needs. */
  private void dropTraces(ChainView chain) {
    Map<RequestId, Long> needed = new HashMap<>();
    promised.keys().forEach(id -> needed.put(id, Long.MAX_VALUE));
    Stream.of(chain.newest(), chain.finalized())
        .flatMap(state -> undecided(state).stream())
        .forEach(claim -> needed.put(claim.request(), Long.MAX_VALUE));
    player.dropTraces(chain, needed);
  }

  /** The own claims that are not decided. */
  private List<ClaimView> undecided(ArbiterView state) {
    return state.claims().stream()
        .filter(claim -> isOurs(claim) && claim.status().alive())
        .toList();
  }

  private void startWithdrawal(ChainView chain) {
    if (!chain.funds().credit().isZero()) {
      tasks.start(Work.CLAIM, account(), this::withdraw);
    }
  }

  /** Until when a claim's bond depends on its proposer. */
  private static long revealDeadline(ClaimView claim) {
    return claim.status() == ClaimStatus.SEALED ? claim.reveal().deadline() : Long.MAX_VALUE;
  }

  private void startTidying(ChainView chain) {
    if (sealed.isUntidy(chain)) {
      tasks.start(Work.CLAIM, sealed, () -> sealed.tidy(lookout.now()));
    }
  }

  private void startReview() {
    if (sender.hasOpenIntents()) {
      tasks.start(Work.GAME, sender, sender::review);
    }
  }

  /** The requests that can be answered, or could be again if a claim fails. */
  private List<RequestView> open(ChainView chain) {
    return chain.newest().requests().stream()
        .filter(request -> request.status() == RequestStatus.OPEN)
        .filter(
            request -> !request.sealing().isOver(chain.head().block()) || request.liveClaims() > 0)
        .filter(request -> context.runner(request.terms().model()).isPresent())
        .toList();
  }

  /** Decides the claims of others that only wait for it, and keep a request from its answer. */
  private void startRivals(ChainView chain) {
    for (RequestView request : open(chain)) {
      claims(request, chain)
          .filter(claim -> isOverdueRival(claim, chain))
          .forEach(claim -> tasks.start(Work.CLAIM, claim.id(), () -> decideIfOverdue(claim.id())));
    }
  }

  /** The claims of a request, in the order of their seals. */
  private static Stream<ClaimView> claims(RequestView request, ChainView chain) {
    return request.claims().stream().flatMap(id -> chain.claim(id).stream());
  }

  /** Whether a rival was not revealed in time, or is right and nobody has settled it. */
  private boolean isOverdueRival(ClaimView claim, ChainView chain) {
    AnswerRoots own = roots.get(claim.request());
    return !isOurs(claim)
        && (claim.canExpire(chain.head().block())
            || (own != null && own.agree(claim) && claim.canSettle(chain.head().block())));
  }

  /** Answers as many requests as can be defended beside the own undecided claims. */
  private void startAnswers(ChainView chain) {
    List<RequestView> open = open(chain);
    declined.retain(it ->
        chain.request(it.request()).isPresent()
            || chain.finalized().request(it.request()).isPresent());
    roots.keySet().retainAll(open.stream().map(RequestView::id).collect(Collectors.toSet()));
    for (RequestId id : seals.keySet()) {
      chain.request(id).ifPresent(request -> promised.promise(id, request.terms().policy().bond()));
    }
    if (player.needsTraces()) {
      return;
    }
    List<ClaimView> undecided = undecided(chain.newest());
    Defence defence = new Defence(context);
    for (ClaimView claim : undecided) {
      RequestView request = chain.request(claim.request()).orElseThrow();
      defence.addClaim(request.terms().model(), request.traceLength());
    }
    for (RequestId id : promised.keys()) {
      chain.request(id).ifPresent(it -> defence.addAnswer(it.terms().model(), it.traceLength()));
    }
    List<RequestView> wanted =
        open.stream()
            .filter(request -> !promised.keys().contains(request.id()))
            .filter(steps.orLeave(request -> wants(request, chain)))
            .toList();
    for (RequestView request :
        steps.mostUrgentFirst(
            wanted, it -> tasks.failures(it.id()), RequestView::sealingDeadline)) {
      RequestId id = request.id();
      Optional<Decline> reason = reason(request, undecided.size(), defence, chain);
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
  private Optional<Decline> reason(
      RequestView request, int undecided, Defence defence, ChainView chain) {
    ModelId model = request.terms().model();
    long length = request.traceLength();
    long left = request.sealing().secondsLeft(chain.head().block());
    if (undecided + promised.keys().size() >= context.limits().openClaims()) {
      return Optional.of(Decline.OPEN_CLAIMS);
    }
    if (!defence.allowsAlone(model, length)
        || Effort.of(context).isTooLongToAnswer(request, left)) {
      return Optional.of(Decline.SPEED);
    }
    if (!defence.allowsAnswer(model, length)) {
      return Optional.of(Decline.WORK);
    }
    Wei needed = promised.promise(request.id(), request.terms().policy().bond());
    if (chain.funds().balance().isLessThan(needed)) {
      promised.end(request.id());
      return Optional.of(Decline.BALANCE);
    }
    return Optional.empty();
  }

  private void decline(RequestId id, Decline why) {
    declined.run(new Declined(id, why), () -> context.listener().onDeclined(id, why));
  }

  /**
   * Whether a request is still to be answered. A claim that was not revealed in time may be made
   * again, once; a refuted one would be refuted again.
   */
  private boolean wants(RequestView request, ChainView chain) {
    List<ClaimView> own = own(request, chain);
    return request.status() == RequestStatus.OPEN
        && request.sealing().secondsLeft(chain.head().block()) >= context.marginSeconds()
        && own.size() < MOST_CLAIMS
        && own.stream().allMatch(claim -> claim.status() == ClaimStatus.EXPIRED)
        && policy.accepts(request)
        && (policy.joinsTheSame() || !isAnswered(request, chain));
  }

  private List<ClaimView> own(RequestView request, ChainView chain) {
    return claims(request, chain).filter(this::isOurs).toList();
  }

  /** Whether a live claim says what this proposer has computed, as far as it says it yet. */
  private boolean isAnswered(RequestView request, ChainView chain) {
    AnswerRoots own = roots.get(request.id());
    return own != null
        && claims(request, chain).anyMatch(claim -> claim.status().alive() && own.agree(claim));
  }

  private void answer(RequestId id) {
    ChainView before = lookout.now();
    Optional<RequestView> asked = before.request(id);
    if (asked.isEmpty()) {
      return; // a reorganisation took it away
    }
    RequestCheck.requireComputed(context, before, asked.get());
    Answer answer = answerTo(asked.get());
    if (!Commitments.outputOpens(answer.output(), answer.outputPath(), answer.finalRoot())) {
      throw new IllegalStateException("the answer to request " + id + " cannot be revealed");
    }
    roots.put(id, AnswerRoots.of(answer));
    // Read again after the run, which takes long, for who else has answered.
    ChainView now = lookout.fresh();
    now.request(id)
        .filter(request -> wants(request, now))
        .ifPresent(request -> seal(request, answer, own(request, now).size()));
  }

  private void seal(RequestView request, Answer answer, int attempt) {
    Salt salt = salt(request.id(), attempt);
    Seal seal = seal(request, answer, salt);
    ClaimId claim = ClaimId.of(context.expected().identity(), request.id(), account(), seal);
    Intent intent = Intent.of(IntentKind.SEAL, claim.value());
    if (sender.maySend(intent)) {
      sealed.keep(new SealedAnswer(claim, request.id(), reveal(answer, salt)));
      seals.put(request.id(), intent);
      sender.send(intent, new ArbiterCall.SealClaim(request.id(), seal, answer.output()));
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
        account(),
        Commitments.outputRoot(answer.output()),
        answer.finalRoot(),
        salt);
  }

  /** Whether there is something to do for an own claim. */
  private boolean isDue(ClaimView claim, ChainView chain) {
    Block now = chain.head().block();
    return mayReveal(claim, chain)
        || claim.canExpire(now)
        || claim.canSettle(now)
        || (claim.status() == ClaimStatus.FINAL
            && chain
                .request(claim.request())
                .filter(request -> waitsForFee(claim, request) && canCollect(claim, request, chain))
                .isPresent());
  }

  /**
   * Whether a claim can be revealed and its seal is final: a reorganisation that takes a seal away
   * after its reveal lets somebody else seal the same earlier, and have the fee. If half of the
   * time has passed and the chain has still not finalized the seal, the bond, which would be lost
   * for certain, is worth more than a fee that may be.
   */
  private static boolean mayReveal(ClaimView claim, ChainView chain) {
    Block now = chain.head().block();
    return claim.canReveal(now) && (isFinal(claim, chain) || isLate(claim, now));
  }

  private static boolean isFinal(ClaimView claim, ChainView chain) {
    return chain.finalized().claim(claim.id()).isPresent();
  }

  private static boolean isLate(ClaimView claim, Block now) {
    long time = claim.reveal().seconds() - claim.revealDelay().seconds();
    return 2 * claim.reveal().secondsLeft(now) <= time;
  }

  /** The claims that were sealed before one of ours on the same request, and are undecided. */
  private static List<ClaimView> undecidedBefore(
      ClaimView ours, RequestView request, ChainView chain) {
    return claims(request, chain)
        .takeWhile(claim -> !claim.id().equals(ours.id()))
        .filter(claim -> claim.status().alive())
        .toList();
  }

  /** Whether no claim that was sealed earlier keeps a final one from its fee. */
  private static boolean canCollect(ClaimView claim, RequestView request, ChainView chain) {
    return undecidedBefore(claim, request, chain).stream()
        .allMatch(earlier -> canDecide(earlier, claim, chain.head().block()));
  }

  /** Whether an earlier claim can be decided now, and does not say something else than ours. */
  private static boolean canDecide(ClaimView earlier, ClaimView ours, Block now) {
    return earlier.canExpire(now)
        || (earlier.canSettle(now) && earlier.finalRoot().equals(ours.finalRoot()));
  }

  /** Whether the fee is a final claim's, or would be if all that were sealed earlier failed. */
  private static boolean waitsForFee(ClaimView claim, RequestView request) {
    return !request.feeGone() && request.payee().filter(claim.id()::equals).isPresent();
  }

  private void advance(ClaimId id) {
    ChainView chain = lookout.now();
    Optional<ClaimView> due = chain.claim(id).filter(claim -> isDue(claim, chain));
    if (due.isEmpty()) {
      return;
    }
    ClaimView claim = due.get();
    RequestView request = chain.request(claim.request()).orElseThrow();
    switch (claim.status()) {
      case SEALED -> {
        if (mayReveal(claim, chain)) {
          if (!isFinal(claim, chain)) {
            risky.run(id, () -> context.listener().onRiskyReveal(id));
          }
          reveal(claim, request);
        } else {
          decideIfOverdue(id);
        }
      }
      case REVEALED -> decideIfOverdue(id);
      case FINAL -> collect(claim, request, chain);
      case REFUTED, EXPIRED -> {}
    }
  }

  private void reveal(ClaimView claim, RequestView request) {
    Reveal reveal = sealed.find(claim).orElseGet(() -> computeAgain(claim, request));
    sender.send(
        Intent.of(IntentKind.REVEAL, claim.id().value()),
        new ArbiterCall.RevealClaim(claim.id(), reveal));
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
  private void collect(ClaimView claim, RequestView request, ChainView chain) {
    List<ClaimView> earlier = undecidedBefore(claim, request, chain);
    earlier.forEach(it -> decideIfOverdue(it.id()));
    // One of those may be the earliest with the same root, and the fee its proposer's.
    if (earlier.isEmpty()) {
      sender.send(
          Intent.of(IntentKind.PAY_FEE, request.id().value()),
          new ArbiterCall.PayFee(request.id()));
    }
  }

  /**
   * Decides a claim that only waits for somebody to say so, which may be nobody but those who wait:
   * an unrevealed claim keeps a request from being answered, and its proposer from nothing.
   */
  private void decideIfOverdue(ClaimId id) {
    ChainView chain = lookout.now();
    Block now = chain.head().block();
    Optional<ClaimView> claim = chain.claim(id);
    if (claim.filter(it -> it.canExpire(now)).isPresent()) {
      sender.send(Intent.of(IntentKind.EXPIRE, id.value()), new ArbiterCall.Expire(id));
    } else if (claim.filter(it -> it.canSettle(now)).isPresent()) {
      sender.send(Intent.of(IntentKind.SETTLE, id.value()), new ArbiterCall.Settle(id));
    }
  }

  private void withdraw() {
    sender.send(Intent.of(IntentKind.WITHDRAW, Bytes32.ZERO), new ArbiterCall.Withdraw());
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
    return claim.proposer().equals(account());
  }

  private Address account() {
    return context.arbiter().account();
  }

  @Override
  public void close() {
    player.close();
  }
}
