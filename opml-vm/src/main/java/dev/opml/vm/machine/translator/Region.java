package dev.opml.vm.machine.translator;

import dev.opml.vm.machine.instruction.Opcode;
import dev.opml.vm.machine.interpreter.PreDecoded;
import dev.opml.vm.machine.interpreter.ProgramCode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of a program that becomes one unit: blocks that ran while the program was recorded and
 * that can be reached from an entry, those first that ran most often. Calls and returns inside are
 * jumps like others.
 */
public final class Region {
  private final ProgramCode program;
  private final Profile profile;
  private final ControlFlow flow;
  private final TreeMap<Integer, Block> blocks = new TreeMap<>();
  private final Set<Integer> checked = new HashSet<>();
  private final int leastBudget;

  /**
   * Chooses a region.
   *
   * @param flow the blocks to choose from
   * @param weight most bytecode that its blocks may need, by {@link #weight}
   */
  Region(ProgramCode program, Profile profile, ControlFlow flow, int weight) {
    this.program = program;
    this.profile = profile;
    this.flow = flow;
    keepHottest(weight);
    this.leastBudget = placeChecks();
  }

  /** Index of the first instruction. */
  int entry() {
    return flow.entry();
  }

  /** The blocks by ascending index of their first instruction. */
  public List<Block> blocks() {
    return List.copyOf(blocks.values());
  }

  /** Whether a block of the region starts at {@code index}. */
  boolean contains(int index) {
    return blocks.containsKey(index);
  }

  /** Whether the block at {@code index} leaves the unit when the budget is less than the least. */
  boolean isChecked(int index) {
    return checked.contains(index);
  }

  /** Most instructions executed from one check to the next, or to the exit. */
  int leastBudget() {
    return leastBudget;
  }

  /** Starts of blocks of this region that a block may continue at, in the order to try them. */
  List<Integer> successors(Block block) {
    return flow.successors(block).stream().filter(blocks::containsKey).toList();
  }

  /** Keeps what the entry leads to, the hottest block next to those kept first. */
  private void keepHottest(int weight) {
    Map<Integer, Block> all = flow.blocks();
    Set<Integer> seen = new HashSet<>(List.of(entry()));
    Queue<Integer> open =
        new PriorityQueue<>(
            Comparator.comparingInt((Integer start) -> -profile.visits(start))
                .thenComparing(Comparator.naturalOrder()));
    open.add(entry());
    int left = weight;
    while (!open.isEmpty()) {
      Block block = at(open.remove(), all);
      left -= block.start() == entry() ? 0 : weight(block);
      if (left >= 0) {
        blocks.put(block.start(), block);
        flow.successors(block).stream()
            .filter(all::containsKey)
            .filter(seen::add)
            .forEach(open::add);
      } else {
        left += weight(block);
      }
    }
  }

  /** About the bytes of bytecode that a block needs. */
  private int weight(Block block) {
    @Nullable AccessGroup[] groups = AccessGroup.of(program.code(), block);
    int bytes = 28 + 8 * block.length();
    for (int i = 0; i < block.length(); i++) {
      AccessGroup group = groups[i];
      if (group != null) {
        int opcode = PreDecoded.opcode(program.code()[block.start() + i]);
        boolean narrow = Opcode.accessSize(opcode) < Long.BYTES;
        bytes += narrow ? Opcode.isStore(opcode) ? 40 : 18 : 4;
        bytes += group.first() == block.start() + i ? 85 : 0;
      }
    }
    return bytes;
  }

  /** Puts a check into every cycle, and returns the longest way between two. */
  private int placeChecks() {
    checked.add(entry());
    Map<Integer, Integer> longest = new HashMap<>();
    longest(entry(), longest, new HashSet<>());
    return longest.values().stream().max(Integer::compare).orElseThrow();
  }

  private static Block at(int start, Map<Integer, Block> blocks) {
    return Objects.requireNonNull(blocks.get(start));
  }

  private int longest(int start, Map<Integer, Integer> longest, Set<Integer> path) {
    Integer known = longest.get(start);
    if (known != null) {
      return known;
    }
    path.add(start);
    int rest = 0;
    for (int next : successors(at(start, blocks))) {
      if (path.contains(next)) {
        checked.add(next);
      } else {
        rest = Math.max(rest, longest(next, longest, path));
      }
    }
    path.remove(start);
    int length = at(start, blocks).length() + rest;
    longest.put(start, length);
    return length;
  }
}
