package dev.opml.dispute.local;

import static dev.opml.dispute.ArbiterRefusedException.require;

import dev.opml.api.InputRoot;
import dev.opml.api.LimitExceededException;
import dev.opml.api.ModelId;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.image.Registration;
import dev.opml.api.inference.InvalidChoicesException;
import dev.opml.api.inference.UnsuitablePromptException;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.MoneyRules;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.WindowRules;
import dev.opml.dispute.chain.WorkRules;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.InvalidPathException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Models and requests. Guarded by the arbiter's lock. */
final class RequestBook {
  /** Token ids that the output region holds beside their count. */
  private static final long MOST_NEW_TOKENS = MemoryRegion.OUTPUT.size() / Integer.BYTES - 1;

  /** Bytes of a location: every client has to read it. */
  private static final int MOST_LOCATION = 1024;

  private final Ground ground;

  private final Map<ModelId, ModelView> models = new HashMap<>();
  private final Map<RequestId, RequestRecord> requests = new HashMap<>();

  RequestBook(Ground ground) {
    this.ground = ground;
  }

  Optional<ModelView> model(ModelId id) {
    return Optional.ofNullable(models.get(id));
  }

  Optional<RequestRecord> find(RequestId id) {
    return Optional.ofNullable(requests.get(id));
  }

  RequestRecord get(RequestId id) {
    return find(id)
        .orElseThrow(() -> new ArbiterRefusedException(Refusal.UNKNOWN_REQUEST, id.toString()));
  }

  void register(Address publisher, Registration registration, ModelSource source) {
    int location = source.location().getBytes(StandardCharsets.UTF_8).length;
    require(
        location <= MOST_LOCATION,
        Refusal.INVALID_REGISTRATION,
        "a location of " + location + " bytes, of at most " + MOST_LOCATION);
    try {
      Commitments.requireValid(registration);
    } catch (InvalidPathException e) {
      throw new ArbiterRefusedException(Refusal.INVALID_REGISTRATION, e);
    }
    require(
        ground
            .parameters()
            .allowsProgram(registration.header().formatVersion(), registration.programRoot()),
        Refusal.PROGRAM_NOT_ALLOWED,
        "program root " + registration.programRoot());
    ModelId id = Commitments.modelId(registration.imageRoot(), registration.header());
    // A second registration changes nothing: whoever is first must not be able to hide the model's
    // file from others.
    ModelView model =
        models.computeIfAbsent(
            id,
            _ ->
                new ModelView(
                    id, registration.imageRoot(), registration.header(), registration.inputPath()));
    ground.emit(new ArbiterEvent.ModelRegistered(model, publisher, source));
  }

  void open(Address requester, RequestTerms terms) {
    ModelView model =
        model(terms.model())
            .orElseThrow(
                () -> new ArbiterRefusedException(Refusal.UNKNOWN_MODEL, terms.model().toString()));
    long traceLength = requireFits(terms, model.header());
    requireWork(traceLength);
    requirePolicy(terms, traceLength);
    requireFits(terms.fee());
    RequestId id = terms.id(ground.identity(), requester);
    require(!requests.containsKey(id), Refusal.DUPLICATE, "request " + id);
    InputRoot input = Commitments.inputRoot(terms.inference());
    RequestRecord request =
        new RequestRecord(
            id,
            requester,
            terms,
            input,
            Commitments.initialRoot(input, model.inputPath()),
            traceLength,
            ground.windows().sealing(ground.block(), terms.sealingDeadline()));
    ground.ledger().lock(requester, terms.fee());
    requests.put(id, request);
    ground.emit(
        new ArbiterEvent.RequestMade(
            id, requester, terms, request.inputRoot, request.initialRoot, traceLength));
  }

  private static long requireFits(RequestTerms terms, GraphHeader header) {
    try {
      terms.inference().requireFits(header);
    } catch (LimitExceededException | InvalidChoicesException | UnsuitablePromptException e) {
      throw new ArbiterRefusedException(Refusal.REQUEST_OUT_OF_LIMITS, e);
    }
    require(
        terms.inference().maxNewTokens() <= MOST_NEW_TOKENS,
        Refusal.REQUEST_OUT_OF_LIMITS,
        terms.inference().maxNewTokens() + " new tokens of at most " + MOST_NEW_TOKENS);
    try {
      return terms.inference().traceLength(header);
    } catch (LimitExceededException e) {
      throw new ArbiterRefusedException(Refusal.TRACE_TOO_LONG, e);
    }
  }

  private static void requireFits(Wei amount) {
    require(amount.fits(), Refusal.AMOUNT_OUT_OF_RANGE, amount.toString());
  }

  private void requireWork(long traceLength) {
    WorkRules work = ground.parameters().work();
    require(
        work.seconds(traceLength) <= work.longestSeconds(),
        Refusal.TOO_MUCH_WORK,
        work.seconds(traceLength) + " s of at most " + work.longestSeconds() + " s");
  }

  /**
   * Refuses terms that leave too little time or money to be safe, and those that would lock others'
   * for longer, or more of it, than the deployment allows.
   */
  private void requirePolicy(RequestTerms terms, long traceLength) {
    WindowRules rules = ground.parameters().windows();
    requireWithin(
        "s for challenges",
        terms.policy().challengeWindow(),
        ground.windows().leastChallenge(traceLength),
        rules.longestChallengeWindow());
    requireWithin(
        "s for sealing",
        terms.sealingDeadline() - ground.now(),
        ground.windows().leastSealing(traceLength),
        rules.longestSealingWindow());
    MoneyRules money = ground.parameters().money();
    Wei bond = terms.policy().bond();
    Wei leastBond = money.leastBond(traceLength);
    Wei mostBond = money.mostBond(traceLength);
    require(
        !bond.isLessThan(leastBond) && !mostBond.isLessThan(bond),
        Refusal.POLICY_OUT_OF_RANGE,
        "bond of %s, not %s to %s".formatted(bond, leastBond, mostBond));
  }

  private static void requireWithin(String what, long value, long least, long most) {
    require(
        value >= least && value <= most,
        Refusal.POLICY_OUT_OF_RANGE,
        value + " " + what + ", not " + least + " to " + most);
  }

  /**
   * A claim of the request failed: others get time to seal, so that nobody kills a request by
   * losing on purpose.
   */
  void claimFailed(ClaimRecord claim) {
    RequestRecord request = claim.request;
    request.alive.remove(claim.number);
    long least = ground.windows().leastSealing(request.traceLength);
    if (request.status == RequestStatus.OPEN
        && request.sealing.secondsLeft(ground.block()) < least) {
      long deadline = ground.now() + least;
      request.sealing = ground.windows().sealing(ground.block(), deadline);
      ground.emit(new ArbiterEvent.SealingExtended(request.id, deadline));
    }
  }

  void refund(RequestId id) {
    RequestRecord request = get(id);
    require(request.status == RequestStatus.OPEN, Refusal.REQUEST_CLOSED, id.toString());
    require(
        request.sealing.isOver(ground.block()),
        Refusal.TOO_EARLY,
        request.sealing.secondsLeft(ground.block()) + " s are left for sealing");
    require(
        request.alive.count() == 0,
        Refusal.STILL_UNDECIDED,
        request.alive.count() + " claims are alive");
    request.status = RequestStatus.REFUNDED;
    request.feeGone = true;
    ground.ledger().credit(request.requester, request.terms.fee());
    ground.emit(new ArbiterEvent.Refunded(id, request.requester, request.terms.fee()));
  }
}
