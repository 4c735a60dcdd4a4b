package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.api.InputRoot;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.Registration;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.Reveal;
import dev.opml.dispute.chain.Transaction;
import dev.opml.dispute.chain.TransactionOutcome;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.local.LocalArbiter;
import dev.opml.dispute.local.MoneyTotals;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.Keccak256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Calls of the arbiter in this process, and all that it did, for the contracts to do the same. */
final class MarketRecord {
  private static final Address DEPLOYER = Address.named("deployer");

  /** Address of the deployer's first contract. */
  static final Address ARBITER = created(DEPLOYER);

  private final LocalArbiter arbiter;
  private final ArbiterParameters parameters;
  private final List<Address> accounts;
  private final List<ArbiterEvent> events = new ArrayList<>();
  private final List<Abi> steps = new ArrayList<>();
  private final Map<Refusal, Integer> refusals = new EnumMap<>(Refusal.class);
  private int accepted;

  /** A call of the rules of images, and what they answer: data, or an error. */
  private record Rule(byte[] call, byte[] answer) {
    static final Rule NONE = new Rule(new byte[0], new byte[0]);

    Rule(String signature, byte[] answer, Abi... arguments) {
      this(Abi.call(signature, arguments), answer);
    }
  }

  /** Outcome of a call. */
  private record Result(boolean accepted, byte[] data) {}

  MarketRecord(LocalArbiter arbiter, ArbiterParameters parameters, List<Address> accounts) {
    this.arbiter = arbiter;
    this.parameters = parameters;
    this.accounts = accounts;
    arbiter.subscribe(logged -> events.add(logged.event()));
  }

  private static Address created(Address deployer) {
    ByteBuffer rlp = ByteBuffer.allocate(23).put((byte) 0xd6).put((byte) 0x94);
    Bytes32 hash = Keccak256.hash(rlp.put(deployer.toByteArray()).put((byte) 0x80).array());
    return new Address((int) hash.word1(), hash.word2(), hash.word3());
  }

  /** Number of calls that were accepted, and refused for each reason. */
  @Override
  public String toString() {
    return accepted + " accepted, refused: " + refusals;
  }

  Map<Refusal, Integer> refusals() {
    return refusals;
  }

  /** The record, as the contracts' test reads it. */
  byte[] encoded() {
    List<Abi> programs =
        parameters.programRoots().entrySet().stream()
            .flatMap(it ->
                it.getValue().stream()
                    .map(root -> Abi.struct(Abi.number(it.getKey()), Abi.word(root))))
            .toList();
    Abi deployment =
        Abi.struct(
            Signatures.of(parameters),
            Abi.array(programs),
            Abi.address(DEPLOYER),
            Abi.array(accounts.stream().map(Abi::address).toList()));
    return Abi.encode(deployment, Abi.array(steps));
  }

  void register(Address sender, Registration registration, ModelSource source) {
    byte[] answer =
        Abi.encode(
            Abi.word(Commitments.modelId(registration.imageRoot(), registration.header()).value()),
            Abi.number(registration.header().formatVersion()));
    Abi encoded = Signatures.of(registration);
    send(
        sender,
        new ArbiterCall.Register(registration, source),
        registration,
        Wei.ZERO,
        new Rule("requireValid(" + Signatures.REGISTRATION + ")", answer, encoded));
  }

  boolean request(Address sender, RequestTerms terms, Registration registration) {
    Rule rule =
        new Rule(
            "begin(" + Signatures.MODEL + "," + Signatures.INFERENCE + ")",
            beginning(terms.inference(), registration),
            Signatures.model(registration),
            Signatures.of(terms.inference()));
    return send(sender, new ArbiterCall.Request(terms), registration, terms.fee(), rule);
  }

  private static byte[] beginning(InferenceRequest inference, Registration registration) {
    GraphHeader header = registration.header();
    return RandomMarket.refusal(inference, header)
        .map(Signatures::encode)
        .orElseGet(() -> {
          InputRoot input = Commitments.inputRoot(inference);
          return Abi.encode(
              Abi.word(input.value()),
              Abi.word(Commitments.initialRoot(input, registration.inputPath()).value()),
              Abi.number(inference.traceLength(header)),
              Abi.number(header.vocabularySize()),
              Abi.bool(header.mode() == GraphMode.SINGLE_PHASE));
        });
  }

  boolean seal(Address sender, ArbiterCall.SealClaim call, Optional<RequestView> request) {
    Rule rule = request.map(it -> sealing(call, it)).orElse(Rule.NONE);
    Wei bond = request.map(it -> it.terms().policy().bond()).orElse(Wei.ZERO);
    return send(sender, call, null, bond, rule);
  }

  private Rule sealing(ArbiterCall.SealClaim call, RequestView request) {
    int most = request.terms().inference().maxNewTokens();
    int vocabulary =
        connect().model(request.terms().model()).orElseThrow().header().vocabularySize();
    boolean fits =
        call.output().size() >= 1
            && call.output().size() <= most
            && call.output().stream().allMatch(id -> id < vocabulary);
    return new Rule(
        "outputRoot(bytes,uint256,uint256)",
        fits
            ? Abi.encode(Abi.word(Commitments.outputRoot(call.output()).value()))
            : Signatures.encode(Refusal.OUTPUT_OUT_OF_LIMITS),
        Abi.data(call.output().encode()),
        Abi.number(most),
        Abi.number(vocabulary));
  }

  void reveal(Address sender, ClaimId id, Reveal reveal, Optional<ClaimView> claim) {
    Rule rule = claim.map(it -> opening(it, reveal)).orElse(Rule.NONE);
    boolean _ = send(sender, new ArbiterCall.RevealClaim(id, reveal), null, Wei.ZERO, rule);
  }

  private static Rule opening(ClaimView claim, Reveal reveal) {
    boolean opens =
        Commitments.outputOpens(claim.output(), reveal.outputPath(), reveal.finalRoot());
    return new Rule(
        "outputState(bytes32,bytes)",
        opens
            ? Abi.encode(Abi.word(reveal.finalRoot().value()))
            : Signatures.encode(Refusal.OUTPUT_NOT_IN_FINAL_ROOT),
        Abi.word(claim.outputRoot().value()),
        Abi.data(reveal.outputPath().encoded()));
  }

  void send(Address sender, ArbiterCall call) {
    boolean _ = send(sender, call, null, Wei.ZERO, Rule.NONE);
  }

  /** Asks for a request's result, which changes nothing. */
  void result(RequestId id) {
    events.clear();
    step(
        accounts.getFirst(),
        Wei.ZERO,
        Abi.call("result(bytes32)", Abi.word(id.value())),
        Rule.NONE,
        result(connect().request(id)));
  }

  private Result result(Optional<RequestView> request) {
    Optional<Refusal> refusal =
        request
            .map(it ->
                switch (it.status()) {
                  case OPEN -> Optional.of(Refusal.STILL_UNDECIDED);
                  case REFUNDED -> Optional.of(Refusal.REQUEST_CLOSED);
                  case FINAL -> Optional.<Refusal>empty();
                })
            .orElse(Optional.of(Refusal.UNKNOWN_REQUEST));
    return refusal
        .map(it -> new Result(false, Signatures.encode(it)))
        .orElseGet(() -> {
          RequestView it = request.orElseThrow();
          ClaimView payee = connect().claim(it.payee().orElseThrow()).orElseThrow();
          return new Result(
              true,
              Abi.encode(
                  Abi.word(payee.id().value()),
                  Abi.word(payee.outputRoot().value()),
                  Abi.word(payee.finalRoot().orElseThrow().value()),
                  Abi.address(it.terms().consumer())));
        });
  }

  /** A call of a game, of which the contract does what it does to a claim and to money. */
  boolean game(Address sender, ClaimView claim, ArbiterCall call) {
    Optional<Refusal> refusal = execute(sender, call);
    if (refusal.isPresent()) {
      return false;
    }
    long opened = 0;
    Wei value = Wei.ZERO;
    Address credited = claim.proposer();
    Wei amount = Wei.ZERO;
    Wei lost = Wei.ZERO;
    boolean refutes = false;
    Wei quota = Wei.ZERO;
    Wei lostBond = Wei.ZERO;
    for (ArbiterEvent event : events) {
      switch (event) {
        case GameEvent.Challenged _ -> {
          opened++;
          value = parameters.money().challengerBond();
        }
        case GameEvent.Ended ended -> {
          opened--;
          if (!ended.winner().equals(Optional.of(Side.PROPOSER))) {
            credited = connect().game(ended.game()).orElseThrow().challenger();
          }
          amount = ended.reward().plus(ended.returned());
          lost = ended.burnt();
        }
        case ArbiterEvent.ClaimRefuted refuted -> {
          refutes = true;
          quota = refuted.quota();
          lostBond = refuted.burnt();
        }
        default -> {
          // Told by what the contract does.
        }
      }
    }
    events.removeIf(GameEvent.class::isInstance);
    byte[] encoded =
        Abi.call(
            "game(bytes32,int256,address,uint256,uint256,bool,uint256,uint256)",
            Abi.word(claim.id().value()),
            Abi.number(opened),
            Abi.address(credited),
            Abi.wei(amount),
            Abi.wei(lost),
            Abi.bool(refutes),
            Abi.wei(quota),
            Abi.wei(lostBond));
    step(sender, value, encoded, Rule.NONE, new Result(true, new byte[0]));
    return true;
  }

  private boolean send(
      Address sender, ArbiterCall call, Registration model, Wei needed, Rule rule) {
    // Whoever has less than is needed sends all it has.
    Wei value = connect().balance(sender).min(needed);
    Optional<Refusal> refusal = execute(sender, call);
    byte[] data = refusal.map(Signatures::encode).orElseGet(() -> returned(sender, call));
    step(sender, value, Signatures.encode(call, model), rule, new Result(refusal.isEmpty(), data));
    return refusal.isEmpty();
  }

  private byte[] returned(Address sender, ArbiterCall call) {
    var identity = connect().deployment().identity();
    return switch (call) {
      case ArbiterCall.Request(var terms) -> terms.id(identity, sender).value().toByteArray();
      case ArbiterCall.SealClaim(var request, var seal, _) ->
          ClaimId.of(identity, request, sender, seal).value().toByteArray();
      default -> new byte[0];
    };
  }

  private Arbiter connect() {
    return arbiter.connect(accounts.getFirst());
  }

  private Optional<Refusal> execute(Address sender, ArbiterCall call) {
    events.clear();
    Arbiter connection = arbiter.connect(sender);
    Transaction transaction = connection.sign(call);
    connection.broadcast(transaction);
    return switch (connection.outcome(transaction.hash())) {
      case TransactionOutcome.Included _ -> {
        accepted++;
        yield Optional.empty();
      }
      case TransactionOutcome.Reverted(var refusal, _) -> {
        refusals.merge(refusal.reason(), 1, Integer::sum);
        yield Optional.of(refusal.reason());
      }
      case TransactionOutcome other -> throw new IllegalStateException(other.toString());
    };
  }

  private void step(Address sender, Wei value, byte[] call, Rule rule, Result result) {
    MoneyTotals totals = arbiter.totals();
    var head = connect().head();
    steps.add(
        Abi.struct(
            Abi.number(head.number()),
            Abi.number(head.block().time()),
            Abi.address(sender),
            Abi.wei(value),
            Abi.data(call),
            Abi.data(rule.call()),
            Abi.data(rule.answer()),
            Abi.bool(result.accepted()),
            Abi.data(result.data()),
            Abi.array(
                events.stream()
                    .filter(event -> !isWithdrawalOfNothing(event))
                    .map(MarketRecord::hash)
                    .map(Abi::word)
                    .toList()),
            Abi.wei(totals.burnt()),
            Abi.wei(totals.credits().plus(totals.locked()).plus(totals.burnt())),
            Abi.array(accounts.stream().map(it -> Abi.wei(connect().credit(it))).toList())));
  }

  /** The one event that the contract does not emit. */
  private static boolean isWithdrawalOfNothing(ArbiterEvent event) {
    return event instanceof ArbiterEvent.Withdrawn withdrawn && withdrawn.amount().isZero();
  }

  private static Bytes32 hash(ArbiterEvent event) {
    return switch (event) {
      case ArbiterEvent.ModelRegistered(var model, var publisher, var source) ->
          hash(
              "ModelRegistered(bytes32,address,bytes32,bytes,bytes,bytes32,string)",
              List.of(Abi.word(model.id().value()), Abi.address(publisher)),
              Abi.word(model.imageRoot().value()),
              Abi.data(model.header().encode()),
              Abi.data(model.inputPath().encoded()),
              Abi.word(source.fileHash()),
              Abi.data(source.location().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
      case ArbiterEvent.RequestMade made ->
          hash(
              "RequestMade(bytes32,address," + Signatures.TERMS + ",bytes32,bytes32,uint256)",
              List.of(Abi.word(made.request().value()), Abi.address(made.requester())),
              Signatures.of(made.terms()),
              Abi.word(made.inputRoot().value()),
              Abi.word(made.initialRoot().value()),
              Abi.number(made.traceLength()));
      case ArbiterEvent.RequestFinal(var request, var claim) ->
          hash(
              "RequestFinal(bytes32,bytes32)",
              List.of(Abi.word(request.value()), Abi.word(claim.value())));
      case ArbiterEvent.SealingExtended(var request, var deadline) ->
          hash(
              "SealingExtended(bytes32,uint256)",
              List.of(Abi.word(request.value())),
              Abi.number(deadline));
      case ArbiterEvent.FeePaid(var request, var claim, var proposer, var fee) ->
          hash(
              "FeePaid(bytes32,bytes32,address,uint256)",
              List.of(Abi.word(request.value()), Abi.word(claim.value()), Abi.address(proposer)),
              Abi.wei(fee));
      case ArbiterEvent.Refunded(var request, var requester, var fee) ->
          hash(
              "Refunded(bytes32,address,uint256)",
              List.of(Abi.word(request.value()), Abi.address(requester)),
              Abi.wei(fee));
      case ArbiterEvent.ClaimSealed made ->
          hash(
              "ClaimSealed(bytes32,bytes32,address,uint256,bytes32,bytes,bytes32)",
              List.of(
                  Abi.word(made.claim().value()),
                  Abi.word(made.request().value()),
                  Abi.address(made.proposer())),
              Abi.number(made.number()),
              Abi.word(made.seal().value()),
              Abi.data(made.output().encode()),
              Abi.word(made.outputRoot().value()));
      case ArbiterEvent.ClaimRevealed(var claim, var finalRoot) ->
          hash(
              "ClaimRevealed(bytes32,bytes32)",
              List.of(Abi.word(claim.value())),
              Abi.word(finalRoot.value()));
      case ArbiterEvent.ClaimExpired(var claim, var burnt) ->
          hash("ClaimExpired(bytes32,uint256)", List.of(Abi.word(claim.value())), Abi.wei(burnt));
      case ArbiterEvent.ClaimRefuted(var claim, var quota, var burnt) ->
          hash(
              "ClaimRefuted(bytes32,uint256,uint256)",
              List.of(Abi.word(claim.value())),
              Abi.wei(quota),
              Abi.wei(burnt));
      case ArbiterEvent.ClaimFinal(var claim) ->
          hash("ClaimFinal(bytes32)", List.of(Abi.word(claim.value())));
      case ArbiterEvent.Withdrawn(var account, var amount) ->
          hash("Withdrawn(address,uint256)", List.of(Abi.address(account)), Abi.wei(amount));
      case GameEvent other -> throw new IllegalArgumentException(other.toString());
    };
  }

  private static Bytes32 hash(String signature, List<Abi> topics, Abi... data) {
    byte[] indexed =
        Abi.encode(
            Stream.concat(Stream.of(Abi.word(Abi.hash(signature))), topics.stream())
                .toArray(Abi[]::new));
    return Keccak256.hash(Abi.concat(indexed, Abi.encode(data)));
  }
}
