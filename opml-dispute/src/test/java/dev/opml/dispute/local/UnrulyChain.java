package dev.opml.dispute.local;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.Deployment;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.Funds;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.Transaction;
import dev.opml.dispute.chain.TransactionOutcome;
import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.dispute.toy.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A chain as they are: blocks are final only after some others, the last ones may be replaced by
 * others with the same transactions in another order, later or never, and endpoints lag, forget and
 * fail. Everything follows from a seed. Its arbiter is a {@link LocalArbiter} that runs all
 * transactions of the chain again after each reorganisation.
 */
public final class UnrulyChain {
  /** A transaction. */
  private record Sent(Address sender, Transaction transaction) {}

  /**
   * A block.
   *
   * @param branch number of the reorganisation after which it was made
   */
  private record Mined(Block block, long branch, List<Sent> sent) {}

  /** All that endpoints know of a block. */
  private record Stored(Header header, List<LoggedEvent> events, Map<Address, Funds> funds) {}

  /**
   * Behaviour of endpoints; shares are of 1,000 calls.
   *
   * @param lagging share of heads that are some blocks old
   * @param unknown share of blocks that are not known, though they are there
   * @param failing share of calls that fail
   * @param waiting share of transactions that are not included at once
   */
  public record Mood(int lagging, int unknown, int failing, int waiting) {
    /** Endpoints without fault. */
    public static final Mood GOOD = new Mood(0, 0, 0, 0);
  }

  private static final Address MINER = Address.named("miner");

  private final Arena arena;
  private int finality;
  private final Random random;
  private final Map<Address, Wei> gifts = new LinkedHashMap<>();
  private final List<Mined> mined = new ArrayList<>();
  private final List<BlockHash> canonical = new ArrayList<>();
  private final Map<BlockHash, Stored> known = new HashMap<>();
  private final List<Sent> waiting = new ArrayList<>();
  private final Map<TransactionHash, TransactionHash> cancelled = new HashMap<>();
  private final Map<Address, Long> nonces = new HashMap<>();
  private Mood mood = Mood.GOOD;
  private int lag;
  private int earlyReveals;
  private long branch;
  private Block now = new Block(1, 1_700_000_000);
  private LocalArbiter state;

  /**
   * A chain with an arbiter for an arena's model, and nothing else of the arena.
   *
   * @param finality number of blocks after which a block is final, at least 1
   */
  public UnrulyChain(Arena arena, int finality, long seed) {
    this.arena = arena;
    this.finality = finality;
    this.random = new Random(seed);
    this.state = deploy();
    known.put(BlockHash.NONE, new Stored(Header.START, List.of(), Map.of()));
    mine(0);
  }

  private LocalArbiter deploy() {
    LocalArbiter arbiter =
        new LocalArbiter(
            Arena.IDENTITY, arena.parameters, arena.truth.toyMachine(), () -> this.now);
    gifts.forEach(arbiter::fund);
    return arbiter;
  }

  /** Gives an account money, from the first block on; before any transaction. */
  public synchronized void fund(Address account, Wei amount) {
    gifts.put(account, amount);
    reorganise(mined.size(), 0);
  }

  /** Sets the behaviour of endpoints from now on. */
  public synchronized void setMood(Mood changed) {
    mood = changed;
  }

  /** Lets blocks be final only after so many others from now on. */
  public synchronized void setFinality(int blocks) {
    finality = blocks;
  }

  /** Lets the heads of all endpoints be so many blocks old. */
  public synchronized void setLag(int blocks) {
    lag = blocks;
  }

  /** The sums of money. */
  public synchronized MoneyTotals totals() {
    return state.totals();
  }

  /** The newest block. */
  public synchronized Block now() {
    return now;
  }

  /** Puts what waits into a block. */
  public synchronized void mine(long seconds) {
    Block block = mined.isEmpty() ? now : new Block(now.number() + 1, now.time() + seconds);
    Mined next = new Mined(block, branch, List.copyOf(waiting));
    waiting.clear();
    append(next);
  }

  private void append(Mined next) {
    mined.add(next);
    run(next);
    BlockLog log = state.ground().blocks();
    Header header = log.head(now);
    Map<Address, Funds> funds = new HashMap<>();
    gifts.keySet().forEach(it -> funds.put(it, state.ground().ledger().funds(it, log.change())));
    canonical.add(header.hash());
    known.put(header.hash(), new Stored(header, log.events(header.hash()), funds));
  }

  private void run(Mined block) {
    now = block.block();
    state.ground().blocks().fork(block.branch());
    state.fund(MINER, Wei.ZERO); // else an empty block would be left out
    for (Sent it : block.sent()) {
      state.include(it.sender(), it.transaction());
    }
  }

  /** Replaces the last blocks by others with what random makes of their transactions. */
  public synchronized void reorganise(int depth) {
    reorganise(Math.min(depth, Math.min(finality, mined.size() - 1)), 2);
  }

  /** Replaces the last blocks, final ones too, by others with the same transactions. */
  public synchronized void breakFinality(int depth) {
    reorganise(depth, 0);
  }

  /** Takes the last blocks away and mines others without any of their transactions. */
  public synchronized void removeTransactions(int depth) {
    reorganise(depth, 1);
  }

  /**
   * Replaces blocks.
   *
   * @param kind what becomes of the transactions: 0 all stay, in reverse order; 1 none stays; 2
   *     what random says
   */
  private void reorganise(int depth, int kind) {
    List<Mined> gone = new ArrayList<>(mined.subList(mined.size() - depth, mined.size()));
    List<Mined> kept = new ArrayList<>(mined.subList(0, mined.size() - depth));
    branch++;
    mined.clear();
    canonical.clear();
    state = deploy();
    for (Mined block : kept) {
      mined.add(block);
      run(block);
      canonical.add(state.ground().blocks().head(now).hash());
    }
    List<Sent> free = new ArrayList<>();
    for (Mined block : gone) {
      free.addAll(block.sent());
      append(new Mined(block.block(), branch, take(free, kind)));
    }
    waiting.addAll(free);
    if (kind == 1) {
      waiting.clear();
    }
  }

  private List<Sent> take(List<Sent> free, int kind) {
    List<Sent> taken = new ArrayList<>();
    switch (kind) {
      case 0 -> {
        taken.addAll(free);
        Collections.reverse(taken);
        free.clear();
      }
      case 1 -> free.clear();
      default -> {
        Collections.shuffle(free, random);
        free.removeIf(it -> {
          int fate = random.nextInt(10);
          if (fate < 6) {
            taken.add(it);
          }
          return fate < 7; // one in ten is lost; the others come later
        });
      }
    }
    return taken;
  }

  /** A connection of an account; a transaction is in a block of its own when its method returns. */
  public Arbiter connect(Address account) {
    return new Connection(account, false);
  }

  /** A connection through an endpoint without fault. */
  public Arbiter truth(Address account) {
    return new Connection(account, true);
  }

  private synchronized Transaction sign(Address sender, ArbiterCall call) {
    long nonce = nonces.merge(sender, 1L, Long::sum) - 1;
    Bytes32 hash = new Bytes32(sender.word0(), sender.word1(), sender.word2(), nonce);
    return new Transaction(new TransactionHash(hash), nonce, call);
  }

  private synchronized void broadcast(Sent sent, boolean atOnce) {
    if (sent.transaction().call() instanceof ArbiterCall.RevealClaim(var claim, _)
        && !isSealFinal(claim)) {
      earlyReveals++;
    }
    if (!cancelled.containsKey(sent.transaction().hash())) {
      waiting.add(sent);
    }
    if (atOnce) {
      mine(random.nextInt(3));
    }
  }

  private synchronized void cancel(TransactionHash hash) {
    if (state.transactions().isOver(hash)) {
      return; // its nonce is taken
    }
    cancelled.put(hash, new TransactionHash(Bytes32.ZERO));
    waiting.removeIf(it -> it.transaction().hash().equals(hash));
  }

  private synchronized TransactionOutcome outcome(TransactionHash hash) {
    if (cancelled.containsKey(hash)) {
      return new TransactionOutcome.Replaced(cancelled.get(hash));
    }
    boolean waits = waiting.stream().anyMatch(it -> it.transaction().hash().equals(hash));
    return waits ? new TransactionOutcome.Pending() : state.transactions().outcome(hash);
  }

  private boolean isSealFinal(ClaimId claim) {
    return canonical.subList(0, Math.max(0, canonical.size() - finality)).stream()
        .flatMap(hash -> stored(hash).events().stream())
        .anyMatch(it ->
            it.event() instanceof ArbiterEvent.ClaimSealed sealed && sealed.claim().equals(claim));
  }

  /** The transactions that are in no block. */
  public synchronized List<Transaction> waiting() {
    return waiting.stream().map(Sent::transaction).toList();
  }

  /** Number of reveals that were sent before their seal was final. */
  public synchronized int earlyReveals() {
    return earlyReveals;
  }

  private Header head(int age) {
    int at = Math.max(0, canonical.size() - 1 - age);
    return stored(canonical.get(at)).header();
  }

  private Stored stored(BlockHash hash) {
    @Nullable Stored stored = known.get(hash);
    if (stored == null) {
      throw new UnknownBlockException(hash);
    }
    return stored;
  }

  private boolean happens(int share) {
    return share > 0 && random.nextInt(1000) < share;
  }

  /** An endpoint's answer. */
  private final class Connection implements Arbiter {
    private final Address account;
    private final boolean good;

    Connection(Address account, boolean good) {
      this.account = account;
      this.good = good;
    }

    private void mayFail() {
      if (!good && happens(mood.failing())) {
        throw new IllegalStateException("the endpoint fails");
      }
    }

    private int lag() {
      return good ? 0 : lag + (happens(mood.lagging()) ? random.nextInt(2 * finality) : 0);
    }

    private Stored block(BlockHash hash) {
      mayFail();
      if (!good && happens(mood.unknown())) {
        throw new UnknownBlockException(hash);
      }
      return stored(hash);
    }

    @Override
    public Address account() {
      return account;
    }

    @Override
    public Transaction sign(ArbiterCall call) {
      mayFail();
      return UnrulyChain.this.sign(account, call);
    }

    @Override
    public void broadcast(Transaction transaction) {
      mayFail();
      UnrulyChain.this.broadcast(new Sent(account, transaction), good || !happens(mood.waiting()));
      mayFail(); // after it was sent
    }

    @Override
    public void cancel(TransactionHash transaction, long nonce) {
      mayFail();
      UnrulyChain.this.cancel(transaction);
    }

    @Override
    public TransactionOutcome outcome(TransactionHash hash) {
      mayFail();
      return UnrulyChain.this.outcome(hash);
    }

    @Override
    public Deployment deployment() {
      return state.deployment();
    }

    @Override
    public Header head(Finality certainty) {
      synchronized (UnrulyChain.this) {
        mayFail();
        return UnrulyChain.this.head(
            lag()
                + switch (certainty) {
                  case LATEST -> 0;
                  case SAFE -> finality / 2;
                  case FINALIZED -> finality;
                });
      }
    }

    @Override
    public Header header(BlockHash hash) {
      synchronized (UnrulyChain.this) {
        return block(hash).header();
      }
    }

    @Override
    public Header finalHeader(long number) {
      synchronized (UnrulyChain.this) {
        mayFail();
        Header last = UnrulyChain.this.head(lag() + finality);
        if (number > last.number()) {
          throw new UnknownBlockException(number);
        }
        return canonical.stream()
            .map(hash -> stored(hash).header())
            .filter(it -> it.number() == number)
            .findFirst()
            .orElseThrow();
      }
    }

    @Override
    public List<LoggedEvent> events(BlockHash hash) {
      synchronized (UnrulyChain.this) {
        return block(hash).events();
      }
    }

    @Override
    public List<LoggedEvent> finalEvents(long from, Header to) {
      synchronized (UnrulyChain.this) {
        if (!finalHeader(to.number()).hash().equals(to.hash())) {
          throw new UnknownBlockException(to.hash());
        }
        return canonical.stream()
            .map(UnrulyChain.this::stored)
            .filter(it -> it.header().number() >= from && it.header().number() <= to.number())
            .flatMap(it -> it.events().stream())
            .toList();
      }
    }

    @Override
    public Funds funds(Address holder, BlockHash hash) {
      synchronized (UnrulyChain.this) {
        return block(hash).funds().getOrDefault(holder, Funds.NONE);
      }
    }

    @Override
    public Optional<ModelView> model(ModelId id) {
      return trueState().model(id);
    }

    @Override
    public Optional<RequestView> request(RequestId id) {
      return trueState().request(id);
    }

    @Override
    public Optional<ClaimView> claim(ClaimId id) {
      return trueState().claim(id);
    }

    @Override
    public Optional<GameView> game(GameId id) {
      return trueState().game(id);
    }

    private Arbiter trueState() {
      synchronized (UnrulyChain.this) {
        if (!good) {
          throw new AssertionError("a chain has no such reads");
        }
        return state.connect(account);
      }
    }
  }
}
