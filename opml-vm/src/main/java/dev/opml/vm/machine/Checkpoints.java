package dev.opml.vm.machine;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * The first snapshot of a machine and the most recently used others. A dispute narrows to a segment
 * between two boundaries that were looked at a moment ago, so these are the places to run on from.
 */
final class Checkpoints {
  /** Most snapshots kept besides the first. */
  public static final int LIMIT = 32;

  /** Snapshots nearer than this to an earlier one save no time worth their memory. */
  private static final long SPACING = 1 << 16;

  private final MachineSnapshot first;
  private final TreeMap<Long, Entry> kept = new TreeMap<>();
  private long clock;

  private static final class Entry {
    final MachineSnapshot snapshot;
    long lastUse;

    Entry(MachineSnapshot snapshot, long lastUse) {
      this.snapshot = snapshot;
      this.lastUse = lastUse;
    }
  }

  /** Keeps {@code first} for good. */
  public Checkpoints(MachineSnapshot first) {
    this.first = first;
  }

  /** The latest snapshot at or before {@code count}, which is not before the first one. */
  public MachineSnapshot nearest(long count) {
    Map.Entry<Long, Entry> floor = kept.floorEntry(count);
    if (floor == null) {
      return first;
    }
    floor.getValue().lastUse = ++clock;
    return floor.getValue().snapshot;
  }

  /** Whether a snapshot at {@code count} is worth keeping. */
  public boolean wants(long count) {
    return count - nearest(count).count() >= SPACING;
  }

  /** Keeps a snapshot, and drops the one that was unused for longest if there are too many. */
  public void keep(MachineSnapshot snapshot) {
    kept.put(snapshot.count(), new Entry(snapshot, ++clock));
    if (kept.size() > LIMIT) {
      kept.entrySet().stream()
          .min(Comparator.comparingLong(entry -> entry.getValue().lastUse))
          .map(Map.Entry::getKey)
          .ifPresent(kept::remove);
    }
  }

  /** Drops all but the first snapshot. */
  public void clear() {
    kept.clear();
  }
}
