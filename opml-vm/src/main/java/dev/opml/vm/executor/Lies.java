package dev.opml.vm.executor;

import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.engine.Inference;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Sample;
import dev.opml.vm.graph.Span;
import dev.opml.vm.image.ProgramImage;
import dev.opml.vm.memory.Lie;
import dev.opml.vm.memory.MemoryExtent;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Makes up lies. */
final class Lies {
  private Lies() {}

  /** The lie that output token {@code index} is {@code claimed} where it is {@code computed}. */
  static Lie wrongToken(
      GraphHeader header, InferenceRequest request, int index, int computed, int claimed) {
    long position = request.prompt().positions() - 1L + index;
    NodeIndex sampler = new NodeIndex((position + 1) * header.nodesPerToken() - 1);
    return new Lie(sampler, tokenAddress(index), computed ^ claimed);
  }

  /** A lie about one bit of what a node writes; of the first vector if it writes nothing. */
  static Lie flippedBit(
      ProgramImage image,
      InferenceRequest request,
      Inference inference,
      NodeIndex node,
      RandomGenerator random) {
    int nodesPerToken = image.graph().rows().size();
    GraphRow row = image.graph().rows().get((int) (node.value() % nodesPerToken));
    int position = (int) (node.value() / nodesPerToken);
    List<MemoryExtent> written = new ArrayList<>();
    inference.run(
        position + 1,
        (at, r, address, bytes) -> {
          if (at * nodesPerToken + r == node.value()) {
            written.add(MemoryExtent.of(address, new byte[(int) bytes.byteSize()]));
          }
        });
    if (written.isEmpty()) {
      Span first = image.graph().rows().getFirst().operation().writes().getFirst();
      long address = first.address() + 4L * random.nextInt(first.end());
      return new Lie(node, address, 1 << random.nextInt(32));
    }
    if (row.operation() instanceof Sample) {
      int index = position - (request.prompt().positions() - 1);
      int ids = Integer.highestOneBit(image.graph().header().vocabularySize());
      int bits = Math.max(1, Integer.numberOfTrailingZeros(ids));
      return new Lie(node, tokenAddress(index), 1 << random.nextInt(bits));
    }
    MemoryExtent slot = written.get(random.nextInt(written.size()));
    long word = random.nextLong(slot.bytes().byteSize() / 4);
    return new Lie(node, slot.base() + 4 * word, 1 << random.nextInt(32));
  }

  private static long tokenAddress(int index) {
    return MemoryRegion.OUTPUT.base() + 4 + 4L * index;
  }
}
