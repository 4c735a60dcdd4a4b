package dev.opml.vm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Span;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Compares what a session reported with what the guest did, node by node. */
final class GuestComparison {
  private final List<GraphRow> rows;
  private final GuestTrace guest;
  private final int promptLength;

  GuestComparison(RandomGraph graph, GuestTrace guest, int promptLength) {
    rows = graph.rows();
    this.guest = guest;
    this.promptLength = promptLength;
  }

  /**
   * Compares memory after every node.
   *
   * @param what what is compared, for messages
   */
  void compareMemory(RecordingSink sink, String what) {
    Slots expected = new Slots();
    Slots actual = new Slots();
    for (int node = 0; node < guest.nodes(); node++) {
      Map<Long, MemorySegment> changes = guest.changes(node);
      Set<Long> touched = new TreeSet<>(changes.keySet());
      touched.addAll(sink.slots(node));
      changes.forEach(expected::write);
      sink.replay(node, (address, bytes) -> actual.write(address, MemorySegment.ofArray(bytes)));
      for (long slot : touched) {
        if (!Objects.equals(expected.nonZero().get(slot), actual.nonZero().get(slot))) {
          throw new AssertionError(
              "%s, %s, slot 0x%x: expected %s, got %s"
                  .formatted(
                      what, describe(node), slot, words(expected, slot), words(actual, slot)));
        }
      }
    }
  }

  private String describe(int node) {
    return "position %d, %s".formatted(node / rows.size(), rows.get(node % rows.size()));
  }

  private static String words(Slots slots, long address) {
    if (!slots.nonZero().containsKey(address)) {
      return "zero";
    }
    StringBuilder text = new StringBuilder();
    var words = slots.nonZero().get(address).duplicate().order(java.nio.ByteOrder.LITTLE_ENDIAN);
    while (words.hasRemaining()) {
      text.append(" %08x".formatted(words.getInt()));
    }
    return text.toString();
  }

  /**
   * Checks which slots were reported: each that a node writes once, in the same pieces by all.
   *
   * @param end position after the last that ran
   */
  void checkWriteSets(RecordingSink sink, int end, String what) {
    Map<Long, Integer> pieces = new TreeMap<>();
    Map<Long, Long> pieceOfSlot = new HashMap<>();
    for (int node = 0; node < guest.nodes(); node++) {
      int position = node / rows.size();
      GraphRow row = rows.get(node % rows.size());
      boolean runs = position < end && (!row.sampled() || position + 1 >= promptLength);
      List<Long> expected = runs ? writeSet(row, position, sink.slots(node)) : List.of();
      List<Long> slots = new ArrayList<>(sink.slots(node));
      slots.sort(null);
      assertEquals(expected, slots, what + ", " + describe(node));
      sink.replay(
          node,
          (address, bytes) -> {
            Integer length = pieces.put(address, bytes.length);
            boolean same = length == null || length == bytes.length;
            for (long slot = address; slot < address + bytes.length; slot += 128) {
              Long piece = pieceOfSlot.put(slot, address);
              same &= piece == null || piece.equals(address);
            }
            if (!same) {
              throw new AssertionError(
                  "%s: pieces at 0x%x are not the same".formatted(what, address));
            }
          });
    }
  }

  private static List<Long> writeSet(GraphRow row, int position, List<Long> reported) {
    List<Long> slots = new ArrayList<>();
    for (Span span : row.operation().writes()) {
      long start = span.start(position);
      for (long slot = start; slot < start + span.bytes(); slot += MemoryRegion.LEAF_SIZE) {
        slots.add(slot);
      }
    }
    return row.operation().writes().isEmpty() ? reported.stream().sorted().toList() : slots;
  }
}
