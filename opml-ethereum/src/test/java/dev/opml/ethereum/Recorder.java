package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.local.BlockSource;
import dev.opml.dispute.local.LocalArbiter;
import dev.opml.dispute.local.MoneyTotals;
import dev.opml.ethereum.abi.CallData;
import dev.opml.ethereum.abi.CallEncoder;
import dev.opml.ethereum.abi.CallFacts;
import dev.opml.ethereum.abi.EventLogs;
import dev.opml.ethereum.anvil.Anvil;
import dev.opml.merkle.Keccak256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The arbiter in this process, whose machine is {@link SyntheticTrace#ECHO}, and a record of all
 * that it did, for the contracts to do the same. They are where anvil's first account deploys them.
 */
final class Recorder {
  private static final Address DEPLOYER = Anvil.account(0).address();

  /** The third contract, after a machine and the rules of images. */
  static final ArbiterIdentity IDENTITY = new ArbiterIdentity(Anvil.CHAIN_ID, created(DEPLOYER, 2));

  private final LocalArbiter arbiter;
  private final ArbiterParameters parameters;
  private final BlockSource blocks;
  private final List<Address> accounts;
  private final CallEncoder encoder = new CallEncoder(new Facts());
  private final Map<ModelId, ModelView> models = new HashMap<>();
  private final List<ClaimId> claims = new ArrayList<>();
  private final List<ArbiterEvent> events = new ArrayList<>();
  private final List<Abi> steps = new ArrayList<>();
  private final Map<Refusal, Integer> refusals = new EnumMap<>(Refusal.class);
  private int accepted;

  /**
   * Deploys an arbiter.
   *
   * @param funds what each account that may send calls has
   */
  Recorder(ArbiterParameters parameters, BlockSource blocks, Map<Address, Wei> funds) {
    this.parameters = parameters;
    this.blocks = blocks;
    this.accounts = List.copyOf(funds.keySet());
    this.arbiter = new LocalArbiter(IDENTITY, parameters, SyntheticTrace.ECHO, blocks);
    funds.forEach(arbiter::fund);
    arbiter.subscribe(logged -> events.add(logged.event()));
  }

  private static Address created(Address deployer, int nonce) {
    ByteBuffer rlp = ByteBuffer.allocate(23).put((byte) 0xd6).put((byte) 0x94);
    Bytes32 hash = Keccak256.hash(rlp.put(deployer.toByteArray()).put((byte) nonce).array());
    return new Address((int) hash.word1(), hash.word2(), hash.word3());
  }

  /** A model that calls may name, whether it is registered or not. */
  void know(SyntheticModel model) {
    var it = model.registration();
    models.put(model.id(), new ModelView(model.id(), it.imageRoot(), it.header(), it.inputPath()));
  }

  /** Facts of things that do not exist, too. */
  private final class Facts implements CallFacts {
    @Override
    public Match match(GameId game) {
      for (ClaimId claim : claims.reversed()) {
        for (Address account : accounts) {
          if (GameId.of(IDENTITY, claim, account).equals(game)) {
            return new Match(claim, account);
          }
        }
      }
      throw new IllegalArgumentException("no claim and account have the game " + game);
    }

    @Override
    public ModelView model(ModelId model) {
      return models.get(model);
    }

    @Override
    public Wei claimBond(RequestId request) {
      return connect().request(request).map(it -> it.terms().policy().bond()).orElse(Wei.ZERO);
    }

    @Override
    public Wei challengerBond() {
      return parameters.money().challengerBond();
    }
  }

  /** Number of calls that were accepted, and refused for each reason. */
  @Override
  public String toString() {
    return accepted + " accepted, refused: " + refusals;
  }

  Map<Refusal, Integer> refusals() {
    return refusals;
  }

  Arbiter connect(Address account) {
    return arbiter.connect(account);
  }

  private Arbiter connect() {
    return connect(accounts.getFirst());
  }

  /** Lets the contracts do what was recorded, of each arbiter by itself. */
  static void replay(List<Recorder> recorders) throws IOException, InterruptedException {
    List<Abi> lives = recorders.stream().map(Recorder::life).toList();
    Forge.replay("ReplayTest", "OPML_REPLAY", Abi.encode(Abi.array(lives)));
  }

  private Abi life() {
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
    return Abi.struct(deployment, Abi.array(steps));
  }

  /** Makes a call. */
  Turn send(Address sender, ArbiterCall call) {
    CallData data = encoder.encode(call);
    // Whoever has less than is needed sends all it has.
    Wei value = connect().balance(sender).min(data.value());
    events.clear();
    Optional<Refusal> refusal = Optional.empty();
    try {
      connect(sender).send(call);
      accepted++;
    } catch (ArbiterRefusedException e) {
      refusal = Optional.of(e.reason());
      refusals.merge(e.reason(), 1, Integer::sum);
    }
    events.forEach(event -> {
      if (event instanceof ArbiterEvent.ClaimSealed made) {
        claims.add(made.claim());
      }
    });
    Turn turn = turn(sender, refusal);
    step(
        turn,
        value,
        data.bytes(),
        refusal.map(Signatures::encode).orElseGet(() -> returned(sender, call)));
    return turn;
  }

  private Turn turn(Address sender, Optional<Refusal> refusal) {
    MoneyTotals totals = arbiter.totals();
    Map<Address, Wei> credits = new LinkedHashMap<>();
    accounts.forEach(account -> credits.put(account, connect().credit(account)));
    return new Turn(
        blocks.head(),
        sender,
        refusal,
        List.copyOf(events),
        totals.credits().plus(totals.locked()).plus(totals.burnt()),
        credits);
  }

  private static byte[] returned(Address sender, ArbiterCall call) {
    return switch (call) {
      case ArbiterCall.Request(var terms) -> terms.id(IDENTITY, sender).value().toByteArray();
      case ArbiterCall.SealClaim(var request, var seal, _) ->
          ClaimId.of(IDENTITY, request, sender, seal).value().toByteArray();
      case ArbiterCall.Challenge(var claim, _) ->
          GameId.of(IDENTITY, claim, sender).value().toByteArray();
      default -> new byte[0];
    };
  }

  private void step(Turn turn, Wei value, byte[] call, byte[] result) {
    steps.add(
        Abi.struct(
            Abi.number(turn.at().number()),
            Abi.number(turn.at().time()),
            Abi.address(turn.sender()),
            Abi.wei(value),
            Abi.data(call),
            Abi.bool(turn.refusal().isEmpty()),
            Abi.data(result),
            Abi.words(turn.events().stream().map(Recorder::hash).toList()),
            Abi.wei(turn.held()),
            Abi.array(turn.credits().values().stream().map(Abi::wei).toList())));
  }

  private static Bytes32 hash(ArbiterEvent event) {
    EventLogs log = EventLogs.of(event);
    byte[] topics = Abi.encode(log.allTopics().stream().map(Abi::word).toArray(Abi[]::new));
    return Keccak256.hash(Abi.concat(topics, log.data().encode()));
  }

  /** Asks for a request's result, which changes nothing. */
  void result(RequestId id) {
    events.clear();
    Optional<RequestView> request = connect().request(id);
    Optional<Refusal> refusal =
        request
            .map(it ->
                switch (it.status()) {
                  case OPEN -> Optional.of(Refusal.STILL_UNDECIDED);
                  case REFUNDED -> Optional.of(Refusal.REQUEST_CLOSED);
                  case FINAL -> Optional.<Refusal>empty();
                })
            .orElse(Optional.of(Refusal.UNKNOWN_REQUEST));
    step(
        turn(accounts.getFirst(), refusal),
        Wei.ZERO,
        Abi.call("result(bytes32)", Abi.word(id.value())),
        refusal.map(Signatures::encode).orElseGet(() -> result(request.orElseThrow())));
  }

  private byte[] result(RequestView it) {
    ClaimView payee = connect().claim(it.payee().orElseThrow()).orElseThrow();
    return Abi.encode(
        Abi.word(payee.id().value()),
        Abi.word(payee.outputRoot().value()),
        Abi.word(payee.finalRoot().orElseThrow().value()),
        Abi.address(it.terms().consumer()));
  }
}
