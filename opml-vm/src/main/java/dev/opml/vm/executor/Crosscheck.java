package dev.opml.vm.executor;

import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.engine.Inference;
import dev.opml.vm.engine.NodeSink;
import dev.opml.vm.engine.RawInput;
import dev.opml.vm.executor.CrosscheckReport.Difference;
import dev.opml.vm.image.ProgramImage;
import dev.opml.vm.memory.MemoryExtent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs an inference natively and in the guest, and compares every byte of the state and output
 * regions after every node. Each engine goes on from its own memory; after a difference the guest
 * is given the native memory, so that each differing node is counted once.
 */
final class Crosscheck implements NodeSink {
  private final ProgramImage image;
  private final GraphHeader header;
  private final Inference inference;
  private final GuestInference guest;
  private final MutableMemory expected;
  private final Watch watch;
  private final Map<NodeIndex, List<MemoryExtent>> writes = new HashMap<>();
  private long nodes;
  private long differences;
  private Optional<Difference> first = Optional.empty();

  Crosscheck(ProgramImage image, RawInput input, Inference inference, Watch watch) {
    this.image = image;
    this.inference = inference;
    header = image.graph().header();
    guest = new GuestInference(image, input);
    this.watch = watch;
    expected = new MutableMemory(image, inference.limit());
  }

  @Override
  public void written(long position, int row, long address, MemorySegment bytes) {
    byte[] copy = bytes.toArray(ValueLayout.JAVA_BYTE);
    writes
        .computeIfAbsent(
            NodeIndex.of(position, row, header.nodesPerToken()), node -> new ArrayList<>())
        .add(MemoryExtent.of(address, copy));
  }

  /**
   * Compares the nodes {@code from} to {@code to}, exclusive, or until the inference is finished.
   */
  CrosscheckReport run(long from, long to, InferenceListener listener) {
    if (header.mode() == GraphMode.SINGLE_PHASE) {
      return runOnlyNode(from, to);
    }
    while (!inference.finished() && startOf(inference.position()) < to) {
      int start = inference.position();
      int end =
          inference.run(Math.min(inference.limit(), start + Inference.POSITIONS_AT_ONCE), this);
      for (long node = startOf(start); node < Math.min(to, startOf(end)); node++) {
        List<MemoryExtent> written = writes.remove(new NodeIndex(node));
        if (node == from) {
          guest.mutableMemory().set(expected.extents());
        }
        if (written != null) {
          written.forEach(extent -> expected.write(extent.base(), extent.bytes()));
        }
        if (node >= from) {
          compare(node);
          listener.onProgress("crosscheck", node - from + 1, to - from);
        }
      }
    }
    return new CrosscheckReport(nodes, differences, first);
  }

  /** The first node of a position. */
  private long startOf(int position) {
    return NodeIndex.of(position, 0, header.nodesPerToken()).value();
  }

  /** Compares what the whole inference has left. */
  private CrosscheckReport runOnlyNode(long from, long to) {
    if (from == 0 && to > 0) {
      inference.run(inference.limit(), null);
      expected.set(inference.memory());
      compare(0);
    }
    return new CrosscheckReport(nodes, differences, first);
  }

  private void compare(long node) {
    watch.check();
    nodes++;
    NodeIndex index = new NodeIndex(node);
    guest.runNode(index.position(header.nodesPerToken()), index.row(header.nodesPerToken()), null);
    MutableMemory actual = guest.mutableMemory();
    long inOutput = expected.output().mismatch(actual.output());
    long inState = expected.state().mismatch(actual.state());
    if (inOutput < 0 && inState < 0) {
      return;
    }
    differences++;
    if (first.isEmpty()) {
      long address =
          inOutput >= 0
              ? MemoryRegion.OUTPUT.base() + inOutput
              : MemoryRegion.STATE.base() + inState;
      first =
          Optional.of(
              new Difference(
                  image.describe(index),
                  address,
                  byteAt(expected, address),
                  byteAt(actual, address)));
    }
    actual.set(expected.extents());
  }

  private static int byteAt(MutableMemory memory, long address) {
    return Byte.toUnsignedInt(memory.at(address, 1).get(ValueLayout.JAVA_BYTE, 0));
  }
}
