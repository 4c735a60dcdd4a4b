package dev.opml.dispute.local;

import dev.opml.dispute.Block;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.dispute.internal.Preimage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The blocks of the chain in this process, and their events. Blocks in which nothing happened are
 * left out, but for the newest. The newest block grows: each transaction makes it another one, with
 * another hash. All before it are final. Guarded by the arbiter's lock.
 */
final class BlockLog {
  /** Empty blocks that were read and are still known, as an endpoint knows the recent ones. */
  private static final int EMPTY = 1024;

  /**
   * A block, or the newest one as it once was.
   *
   * @param from index of its first event
   * @param to index of the event after its last
   * @param change number of the last change in it or before
   */
  private record Place(Header header, int from, int to, long change) {}

  private static final Place START = new Place(Header.START, 0, 0, 0);

  private final List<LoggedEvent> events = new ArrayList<>();
  private final List<ArbiterEvent> uncommitted = new ArrayList<>();
  private final Map<BlockHash, Place> places = new HashMap<>(Map.of(BlockHash.NONE, START));
  private final Map<BlockHash, Place> empty =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<BlockHash, Place> eldest) {
          return size() > EMPTY;
        }
      };

  /** The blocks in which something happened and that do not grow any more. */
  private final List<Place> past = new ArrayList<>();

  /** The last block in which something happened. */
  private Place newest = START;

  private long branch;

  /** Takes in an event of the transaction under way. */
  void add(ArbiterEvent event) {
    uncommitted.add(event);
  }

  /** Ends a change that took effect: a transaction, or money given to an account. */
  void commit(Block block) {
    if (block.number() > newest.header().number()) {
      past.add(newest);
      newest = new Place(newest.header(), newest.to(), newest.to(), newest.change());
    }
    Header parent = past.getLast().header();
    long change = newest.change() + 1;
    Header grown = header(parent, block, change);
    for (ArbiterEvent event : uncommitted) {
      events.add(new LoggedEvent(grown.hash(), block, events.size() - newest.from(), event));
    }
    uncommitted.clear();
    newest = new Place(grown, newest.from(), events.size(), change);
    places.put(grown.hash(), newest);
  }

  private Header header(Header parent, Block block, long change) {
    Preimage content =
        new Preimage()
            .bytes32(parent.hash().value())
            .u64(block.number())
            .u64(block.time())
            .u64(change)
            .u64(branch);
    return new Header(new BlockHash(content.keccak()), parent.hash(), block);
  }

  /** Gives the blocks from now on other hashes than they would have had. */
  void fork(long number) {
    branch = number;
  }

  /** The number of the last change. */
  long change() {
    return newest.change();
  }

  /** The newest block, with nothing in it if nothing happened since it began. */
  Header head(Block now) {
    if (now.number() <= newest.header().number()) {
      return newest.header();
    }
    Header head = header(newest.header(), now, 0);
    empty.put(head.hash(), new Place(head, newest.to(), newest.to(), newest.change()));
    return head;
  }

  /** The last block that is not the newest. */
  Header finalized(Block now) {
    return now.number() > newest.header().number() ? newest.header() : past.getLast().header();
  }

  /** A block that is known. */
  Header header(BlockHash hash) {
    return place(hash).header();
  }

  /** The last change in a block or before it. */
  long change(BlockHash hash) {
    return place(hash).change();
  }

  /** The events of a block. */
  List<LoggedEvent> events(BlockHash hash) {
    Place place = place(hash);
    return events.subList(place.from(), place.to()).stream()
        // Those of the newest block told another hash before it grew.
        .map(it -> new LoggedEvent(hash, it.block(), it.index(), it.event()))
        .toList();
  }

  private Place place(BlockHash hash) {
    return Optional.ofNullable(places.get(hash))
        .or(() -> Optional.ofNullable(empty.get(hash)))
        .orElseThrow(() -> new UnknownBlockException(hash));
  }

  /** The last final block whose number is not above one. */
  Header finalHeader(long number, Block now) {
    if (number > finalized(now).number()) {
      throw new UnknownBlockException(number);
    }
    if (newest.header().number() <= number) {
      return newest.header();
    }
    int at = past.size() - 1;
    while (past.get(at).header().number() > number) {
      at--;
    }
    return past.get(at).header();
  }

  /** The events of the final blocks from a number to a block. */
  List<LoggedEvent> finalEvents(long from, Header to, Block now) {
    if (!finalHeader(to.number(), now).hash().equals(to.hash())) {
      throw new UnknownBlockException(to.hash());
    }
    List<LoggedEvent> found = new ArrayList<>();
    for (Place place : past) {
      long number = place.header().number();
      if (number >= from && number <= to.number()) {
        found.addAll(events(place.header().hash()));
      }
    }
    if (newest.header().hash().equals(to.hash()) && to.number() >= from) {
      found.addAll(events(to.hash()));
    }
    return found;
  }

  int size() {
    return events.size();
  }

  LoggedEvent get(int index) {
    return events.get(index);
  }
}
