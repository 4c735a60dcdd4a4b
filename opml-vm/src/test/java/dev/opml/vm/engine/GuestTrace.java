package dev.opml.vm.engine;

import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.machine.GuestProgram;
import dev.opml.vm.machine.Machine;
import dev.opml.vm.memory.GuestMemory;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All nodes of a random graph as the guest runs them in the machine, one after the other. */
final class GuestTrace {
  private static final int LEAF = MemoryRegion.LEAF_SIZE;

  private final List<GraphRow> rows;
  private final byte[] state;
  private final byte[] output;
  private final MemorySnapshot memory;
  private final List<Map<Long, MemorySegment>> changes = new ArrayList<>();

  /**
   * Runs an inference.
   *
   * @param positions number of positions
   * @param flip what is changed after its node, if anything
   */
  GuestTrace(RandomGraph graph, RawInput input, int positions, @Nullable Flip flip) {
    rows = graph.rows();
    state = new byte[graph.stateBytes()];
    output = new byte[(4 * (positions + 2) + LEAF - 1) & -LEAF];
    List<MemoryExtent> extents = new ArrayList<>(GuestProgram.bundled().extents());
    extents.add(new MemoryExtent(MemoryRegion.GRAPH.base(), graph.graph()));
    extents.add(new MemoryExtent(MemoryRegion.MODEL.base(), graph.model()));
    extents.add(new MemoryExtent(MemoryRegion.INPUT.base(), input.bytes()));
    extents.add(MemoryExtent.of(MemoryRegion.STATE.base(), state));
    extents.add(MemoryExtent.of(MemoryRegion.OUTPUT.base(), output));
    // Nobody asks for roots.
    memory = MemorySnapshot.of(extents, MerkleTree.zero(MemoryRegion.PERSISTENT_DEPTH));
    int perToken = rows.size();
    for (int node = 0; node < positions * perToken; node++) {
      Map<Long, MemorySegment> changed = run(node);
      if (flip != null && flip.node() == node) {
        make(flip, changed);
      }
      changes.add(changed);
    }
  }

  private Map<Long, MemorySegment> run(int node) {
    Machine machine = Machine.start(memory, new NodeIndex(node), GraphMode.ROW_PER_NODE);
    machine.runTo(InstructionIndex.END);
    if (machine.status() != MachineStatus.HALTED) {
      throw new AssertionError(
          "node %d, %s: the guest is %s"
              .formatted(node, rows.get(node % rows.size()), machine.status()));
    }
    Map<Long, MemorySegment> changed = new TreeMap<>();
    for (long address : machine.memory().persistentPagesWritten()) {
      byte[] page = new byte[GuestMemory.PAGE_SIZE];
      machine.memory().read(address, page);
      for (int i = 0; i < page.length; i += LEAF) {
        set(address + i, MemorySegment.ofArray(page).asSlice(i, LEAF), changed);
      }
    }
    return changed;
  }

  private void set(long address, MemorySegment leaf, Map<Long, MemorySegment> changed) {
    byte[] old = new byte[LEAF];
    memory.read(address, old);
    if (leaf.mismatch(MemorySegment.ofArray(old)) >= 0) {
      at(address).copyFrom(leaf);
      changed.put(address, leaf);
    }
  }

  private MemorySegment at(long leaf) {
    boolean isOutput = MemoryRegion.OUTPUT.contains(leaf);
    long base = isOutput ? MemoryRegion.OUTPUT.base() : MemoryRegion.STATE.base();
    return MemorySegment.ofArray(isOutput ? output : state).asSlice(leaf - base, LEAF);
  }

  private void make(Flip flip, Map<Long, MemorySegment> changed) {
    long leaf = flip.address() & -LEAF;
    MemorySegment bytes = at(leaf);
    long offset = flip.address() - leaf;
    ValueLayout.OfInt word = ValueLayout.JAVA_INT_UNALIGNED;
    bytes.set(word, offset, bytes.get(word, offset) ^ flip.mask());
    changed.put(leaf, MemorySegment.ofArray(bytes.toArray(ValueLayout.JAVA_BYTE)));
  }

  /** Rows of the node table. */
  int rows() {
    return rows.size();
  }

  /** Number of nodes. */
  int nodes() {
    return changes.size();
  }

  /** The leaves that a node changed, by address. */
  Map<Long, MemorySegment> changes(int node) {
    return changes.get(node);
  }

  /** Memory before a node. */
  Slots before(int node) {
    Slots slots = new Slots();
    changes.subList(0, node).forEach(leaves -> leaves.forEach(slots::write));
    return slots;
  }
}
