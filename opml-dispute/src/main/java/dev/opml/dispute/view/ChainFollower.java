package dev.opml.dispute.view;

import dev.opml.dispute.Address;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.ChainReader;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.Funds;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.MisplacedEventException;
import dev.opml.dispute.chain.Windows;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Follows a chain for an account, block by block, along the parents of its newest block. Two states
 * are kept: that of the newest finalized block, which only goes on, and that of the newest block,
 * which is told again from the finalized one whenever something changes. So a reorganisation leaves
 * nothing behind, and only what is final is forgotten. Safe for use by many threads.
 */
public final class ChainFollower {
  /** Blocks that are followed one by one; what is further behind is read in ranges. */
  private static final int FEW = 256;

  /**
   * Blocks that are kept, beside those of the longest way back, though they are attached to nothing
   * and perhaps never will be.
   */
  private static final int MOST_UNATTACHED = 4 * FEW;

  /**
   * Blocks from the newest finalized one on that are followed at the most: else an endpoint could
   * make up one parent after another, for ever. Chains have finalized nothing for days, which is
   * less.
   */
  private static final long MOST_UNFINALIZED = 1 << 17;

  /** Blocks of a range: what endpoints usually answer at once. */
  private static final long RANGE = 10_000;

  private static final Address NOBODY = new Address(0, 0, 0);

  private final ReentrantLock lock = new ReentrantLock();
  private final ChainReader chain;
  private final Windows windows;
  private final Address account;
  private final boolean forgets;
  private ArbiterView finalized = ArbiterView.START;
  private Branch branch = new Branch(Header.START, List.of());

  /**
   * Blocks that were read on a way back whose end was not reached, because a read failed: else the
   * same would be read again and again, and the way become longer and longer. Of too many those go
   * that were on no way for the longest time.
   */
  private final Map<BlockHash, Branch.Known> unattached =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<BlockHash, Branch.Known> eldest) {
          return size() > MOST_UNATTACHED + longestWay;
        }
      };

  /** Most blocks that a way back had so far whose end was not reached. */
  private int longestWay;

  private volatile ChainView latest =
      new ChainView(ArbiterView.START, ArbiterView.START, Funds.NONE);

  /**
   * Makes a follower that has read nothing yet.
   *
   * @param account whose money is read, and for whom what is over is kept until the fee is
   *     collected
   */
  public ChainFollower(ChainReader chain, ArbiterParameters parameters, Address account) {
    this(chain, parameters, account, true);
  }

  private ChainFollower(
      ChainReader chain, ArbiterParameters parameters, Address account, boolean forgets) {
    this.chain = chain;
    this.windows = Windows.of(parameters);
    this.account = account;
    this.forgets = forgets;
  }

  /**
   * Reads an arbiter with all that it has ever seen, what is over included.
   *
   * @throws RuntimeException as {@link #refresh} does
   */
  public static ArbiterView history(ChainReader chain, ArbiterParameters parameters) {
    return new ChainFollower(chain, parameters, NOBODY, false).refresh().newest();
  }

  /** The chain as it was when it was last read; that of {@link Header#START} before. */
  public ChainView latest() {
    return latest;
  }

  /**
   * Reads what is new. If this fails, {@link #latest} is what it was. An endpoint that lags, so
   * that its newest block is one that was followed before, takes nothing back.
   *
   * @return the chain as it is now
   * @throws dev.opml.dispute.chain.UnknownBlockException if an endpoint lags behind another, or the
   *     chain was reorganised while it was read
   * @throws MisplacedEventException if an endpoint answers with events of other blocks, or not in
   *     order
   * @throws FinalizedBlockChangedException if the newest block, or the newest finalized one, does
   *     not come after the one that was finalized before. If the chain has finalized another block
   *     instead, all is read from the start the next time: what was forgotten may not be over there
   * @throws DistantBlockException if the newest block is more than 131,072 above the newest
   *     finalized one
   */
  public ChainView refresh() {
    lock.lock();
    try {
      Header newest = chain.head(Finality.LATEST);
      Header last = chain.head(Finality.FINALIZED);
      if (last.number() - branch.head().number() > FEW) {
        catchUp(last);
      }
      requireNear(newest, last);
      follow(newest);
      advance(last);
      show();
      return latest;
    } finally {
      lock.unlock();
    }
  }

  private void show() {
    Header head = branch.head();
    if (latest.head().equals(head) && latest.finalized() == finalized) {
      return;
    }
    Funds funds = chain.funds(account, head.hash());
    ArbiterFold fold = new ArbiterFold(windows, finalized);
    branch.blocks().forEach(block -> fold.apply(block.events()));
    latest = new ChainView(fold.view(head), finalized, funds);
  }

  /** Seen from the block that is finalized now: that may be far above the one that was before. */
  private void requireNear(Header newest, Header last) {
    Header root = last.number() < branch.root().number() ? branch.root() : last;
    if (newest.number() - root.number() > MOST_UNFINALIZED) {
      throw new DistantBlockException(newest, root);
    }
  }

  /** Goes from a block back to one that is known, and takes in all between. */
  private void follow(Header newest) {
    if (newest.number() < branch.root().number() || branch.contains(newest.hash())) {
      return; // an endpoint that lags, or nothing new
    }
    Deque<Branch.Known> blocks = new ArrayDeque<>();
    Header at = newest;
    while (true) {
      requireAfterRoot(at, newest);
      blocks.addFirst(read(at));
      longestWay = Math.max(longestWay, blocks.size());
      if (branch.contains(at.parent())) {
        break;
      }
      at = parent(at);
    }
    branch = branch.with(at.parent(), List.copyOf(blocks));
    unattached.clear();
    longestWay = 0;
  }

  private Branch.Known read(Header header) {
    Branch.Known known = unattached.get(header.hash());
    if (known == null) {
      List<LoggedEvent> events = chain.events(header.hash());
      requireInPlace(events, header.number(), header, "block " + header.hash());
      known = new Branch.Known(header, events);
      unattached.put(header.hash(), known);
    }
    return known;
  }

  /**
   * Checks that events are in some blocks, and in order. A list that is wrong would stay so: a
   * block is read once, and what it says becomes final.
   *
   * @throws MisplacedEventException naming the first event that is not
   */
  private static void requireInPlace(List<LoggedEvent> events, long from, Header to, String asked) {
    long number = from - 1;
    int next = 0;
    for (LoggedEvent event : events) {
      if (event.block().number() != number) {
        next = 0;
      }
      boolean inOrder = event.block().number() >= number && event.index() == next;
      boolean inBlocks = event.block().number() >= from && event.block().number() <= to.number();
      boolean inLast = event.block().number() != to.number() || event.hash().equals(to.hash());
      if (!inOrder || !inBlocks || !inLast) {
        throw new MisplacedEventException(event, asked);
      }
      number = event.block().number();
      next++;
    }
  }

  private Header parent(Header child) {
    Branch.Known known = unattached.get(child.parent());
    Header parent = known == null ? chain.header(child.parent()) : known.header();
    if (parent.number() >= child.number()) {
      throw new IllegalStateException(
          "block " + child.hash() + " is not above its parent " + parent.hash());
    }
    return parent;
  }

  private void requireAfterRoot(Header block, Header newest) {
    // A chain's first block has the number 0, as the place before it has.
    if (block.number() <= branch.root().number() && !isStart()) {
      requireFinalized(branch.root());
      throw new FinalizedBlockChangedException(branch.root().hash(), newest.hash());
    }
  }

  /** Takes in that a block is final. */
  private void advance(Header last) {
    if (last.number() < branch.root().number() || last.hash().equals(branch.root().hash())) {
      return; // an endpoint that lags, or nothing new
    }
    if (!branch.contains(last.hash())) {
      catchUp(last);
      return;
    }
    ArbiterFold fold = new ArbiterFold(windows, finalized);
    branch.upTo(last.hash()).forEach(block -> fold.apply(block.events()));
    settle(fold, last, branch.after(last));
  }

  /** Reads the finalized blocks from the last one that is known to another. */
  private void catchUp(Header last) {
    requireFinalized(branch.root());
    // Of an arbiter that is not final yet, the newest final block is where following begins.
    long next =
        isStart() ? Math.min(chain.firstBlock(), last.number()) : branch.root().number() + 1;
    while (next <= last.number()) {
      long end = Math.min(next + RANGE - 1, last.number());
      Header to = end == last.number() ? last : chain.finalHeader(end);
      if (to.number() >= next) {
        ArbiterFold fold = new ArbiterFold(windows, finalized);
        List<LoggedEvent> events = chain.finalEvents(next, to);
        requireInPlace(events, next, to, "blocks " + next + " to " + to.number());
        fold.apply(events);
        settle(fold, to, new Branch(to, List.of()));
      }
      next = end + 1;
    }
  }

  private boolean isStart() {
    return branch.root().hash().equals(BlockHash.NONE);
  }

  private void settle(ArbiterFold fold, Header last, Branch rest) {
    if (forgets) {
      fold.forgetWhatIsOver(last.block(), account);
    }
    finalized = fold.view(last);
    branch = rest;
  }

  /** Begins anew if the chain has finalized another block instead of one. */
  private void requireFinalized(Header known) {
    if (isStart()) {
      return;
    }
    Header now = chain.finalHeader(known.number());
    if (!now.hash().equals(known.hash())) {
      finalized = ArbiterView.START;
      branch = new Branch(Header.START, List.of());
      throw new FinalizedBlockChangedException(known.hash(), now.hash());
    }
  }
}
