package dev.opml.vm.engine;

import dev.opml.api.trace.NodeIndex;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Keeps all writes, by node in trace order. */
final class RecordingSink implements NodeSink {
  private record Write(long address, byte[] bytes) {}

  private final int nodesPerToken;
  private final Map<Long, List<Write>> writes = new TreeMap<>();

  RecordingSink(int nodesPerToken) {
    this.nodesPerToken = nodesPerToken;
  }

  @Override
  public void written(long position, int row, long address, MemorySegment bytes) {
    writes
        .computeIfAbsent(
            NodeIndex.of(position, row, nodesPerToken).value(), node -> new ArrayList<>())
        .add(new Write(address, bytes.toArray(ValueLayout.JAVA_BYTE)));
  }

  /** Memory after the nodes before {@code node}, if all was zero in the beginning. */
  Slots before(long node) {
    Slots slots = new Slots();
    writes.forEach((index, list) -> {
      if (index < node) {
        list.forEach(w -> slots.write(w.address, MemorySegment.ofArray(w.bytes)));
      }
    });
    return slots;
  }

  /** Adds what each node wrote to a digest, whatever calls it came in. */
  void digest(MessageDigest digest) {
    writes.forEach((node, list) -> {
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(node).flip());
      Slots slots = new Slots();
      list.forEach(w -> slots.write(w.address, MemorySegment.ofArray(w.bytes)));
      slots.digest(digest);
    });
  }

  /** Repeats what a node wrote. */
  void replay(long node, BiConsumer<Long, byte[]> consumer) {
    writes.getOrDefault(node, List.of()).forEach(w -> consumer.accept(w.address, w.bytes));
  }

  /** Addresses of the slots that a node wrote, each as often as it did. */
  List<Long> slots(long node) {
    List<Long> result = new ArrayList<>();
    for (Write write : writes.getOrDefault(node, List.of())) {
      for (long at = 0; at < write.bytes.length; at += 128) {
        result.add(write.address + at);
      }
    }
    return result;
  }
}
