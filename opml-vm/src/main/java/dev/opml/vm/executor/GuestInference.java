package dev.opml.vm.executor;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.engine.Checkpoint;
import dev.opml.vm.engine.Inference;
import dev.opml.vm.engine.NodeSink;
import dev.opml.vm.engine.RawInput;
import dev.opml.vm.graph.Sample;
import dev.opml.vm.image.ProgramImage;
import dev.opml.vm.machine.Machine;
import dev.opml.vm.memory.GuestMemory;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An inference computed by the guest program, node by node, in the machine that disputes are
 * settled on: what the native engine must agree with. Not thread-safe.
 */
final class GuestInference implements Inference {
  private static final int LEAF = MemoryRegion.LEAF_SIZE;

  /** Instructions between two checkpoints: less than a tenth of a second once translated. */
  private static final long SLICE = 1L << 26;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ProgramImage image;
  private final RawInput input;
  private final GraphHeader header;
  private final MutableMemory memory;
  private final MemorySnapshot view;
  private final int limit;
  private final Checkpoint checkpoint;
  private int position;

  /**
   * The leaves that the current position wrote, as they were before, in the order of the writes.
   */
  private final List<MemoryExtent> overwritten = new ArrayList<>();

  GuestInference(ProgramImage image, RawInput input) {
    this(image, input, Checkpoint.NONE);
  }

  /** An inference that a checkpoint may end in each node. */
  GuestInference(ProgramImage image, RawInput input, Checkpoint checkpoint) {
    this.image = image;
    this.input = input;
    this.checkpoint = checkpoint;
    header = image.graph().header();
    limit = input.positions(header.contextLimit());
    memory = new MutableMemory(image, limit);
    List<MemoryExtent> extents = new ArrayList<>(image.memory().extents());
    extents.add(new MemoryExtent(MemoryRegion.INPUT.base(), input.bytes()));
    extents.addAll(memory.extents());
    // The machine reads bytes through this live view; nobody asks for roots, so the image's tree
    // will do.
    view = MemorySnapshot.of(extents, image.memory().tree());
  }

  /**
   * Bytes of the heap that an inference takes, about.
   *
   * @throws dev.opml.api.LimitExceededException if its state is larger than an array can be
   */
  static long heapBytes(ProgramImage image) {
    return MutableMemory.stateBytes(image) + 4L * image.graph().header().contextLimit();
  }

  @Override
  public int position() {
    return position;
  }

  @Override
  public int limit() {
    return limit;
  }

  @Override
  public int promptLength() {
    return limit == 0 ? 0 : (int) input.promptLength();
  }

  @Override
  public boolean finished() {
    return position >= limit || stopped();
  }

  private boolean stopped() {
    TokenIds tokens = output();
    return input.ending(header.stopTokens(), tokens::get, tokens.size()) != null;
  }

  @Override
  public TokenIds output() {
    int[] ids = new int[memory.output().get(INT, 0)];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = memory.output().get(INT, 4 + 4L * i);
    }
    return TokenIds.of(ids);
  }

  @Override
  public int run(int to, @Nullable NodeSink sink) {
    if (header.mode() == GraphMode.SINGLE_PHASE) {
      runNode(0, 0, sink);
      position = limit;
    }
    while (position < to && !finished()) {
      runPosition(sink);
    }
    return position;
  }

  private void runPosition(@Nullable NodeSink sink) {
    try {
      for (int row = 0; row < header.nodesPerToken(); row++) {
        runNode(position, row, sink);
      }
    } catch (RuntimeException e) {
      overwritten.reversed().forEach(leaf -> memory.write(leaf.base(), leaf.bytes()));
      throw e;
    }
    position++;
  }

  /** Runs one node on memory as it is, and takes over what it wrote. */
  void runNode(long nodePosition, int row, @Nullable NodeSink sink) {
    NodeIndex node = NodeIndex.of(nodePosition, row, header.nodesPerToken());
    Machine machine = Machine.start(view, node, header.mode());
    if (row == 0) {
      overwritten.clear();
    }
    for (long boundary = SLICE;
        machine.status() == MachineStatus.RUNNING && boundary <= InstructionIndex.END.value();
        boundary += SLICE) {
      checkpoint.reached(position);
      machine.runTo(new InstructionIndex(boundary));
    }
    byte[] page = new byte[GuestMemory.PAGE_SIZE];
    byte[] old = new byte[GuestMemory.PAGE_SIZE];
    for (long address : machine.memory().persistentPagesWritten()) {
      machine.memory().read(address, page);
      view.read(address, old);
      for (int i = 0; i < page.length; i += LEAF) {
        if (!Arrays.equals(page, i, i + LEAF, old, i, i + LEAF)) {
          MemorySegment leaf = MemorySegment.ofArray(page).asSlice(i, LEAF);
          takeOver(nodePosition, row, address + i, leaf, sink);
        }
      }
    }
  }

  /** Stores and reports a leaf that has changed. */
  private void takeOver(
      long nodePosition, int row, long address, MemorySegment leaf, @Nullable NodeSink sink) {
    overwritten.add(
        MemoryExtent.of(address, memory.at(address, LEAF).toArray(ValueLayout.JAVA_BYTE)));
    memory.write(address, leaf);
    if (sink != null) {
      sink.written(nodePosition, row, address, leaf);
    }
  }

  /** {@inheritDoc} By generating them; in single-phase mode everything is generated first. */
  @Override
  public int verify(TokenIds claimed, @Nullable NodeSink sink) {
    int right = 0;
    while (!finished() && right < claimed.size()) {
      run(position + 1, sink);
      TokenIds output = output();
      for (; right < Math.min(output.size(), claimed.size()); right++) {
        if (output.get(right) != claimed.get(right)) {
          return right;
        }
      }
    }
    return right;
  }

  @Override
  public float[] logits() {
    if (image.graph().rows().getLast().operation() instanceof Sample sampler) {
      return memory.at(sampler.in(), 4L * sampler.n()).toArray(FLOAT);
    }
    throw new IllegalStateException("the graph computes no logits");
  }

  @Override
  public List<MemoryExtent> memory() {
    return memory.extents();
  }

  /** The memory that nodes run on. */
  MutableMemory mutableMemory() {
    return memory;
  }

  /** {@inheritDoc} By running everything before it again. */
  @Override
  public List<MemoryExtent> memoryBefore(long nodePosition, int row) {
    GuestInference again = new GuestInference(image, input);
    again.run((int) Math.min(nodePosition, position), null);
    if (!again.finished()) {
      for (int r = 0; r < row; r++) {
        again.runNode(nodePosition, r, null);
      }
    }
    return again.memory();
  }
}
