package dev.opml.vm.machine.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The part of a program that becomes one unit: blocks that ran while the program was recorded and
 * that can be reached from an entry, those first that ran most often. Calls and returns inside are
 * jumps like others.
 */
final class Region {
  /** So that a unit never executes more than a few hundred instructions between two checks. */
  private static final int LONGEST_BLOCK = 128;

  /** So that the bytecode of one block is never too long, whatever its accesses need. */
  private static final int MOST_ACCESSES = 32;

  /** Blocks to choose from. */
  private static final int MOST_BLOCKS = 4096;

  private static final int MOST_RETURNS = 6;

  private final ProgramCode program;
  private final Profile profile;
  private final int entry;
  private final TreeMap<Integer, Block> blocks = new TreeMap<>();
  private final TreeSet<Integer> returnSites = new TreeSet<>();
  private List<Integer> hottestReturnSites = List.of();
  private final Set<Integer> checked = new HashSet<>();
  private int leastBudget;

  private Region(ProgramCode program, Profile profile, int entry, IntPredicate foreign) {
    this.program = program;
    this.profile = profile;
    this.entry = entry;
    findBlocks(foreign);
  }

  /**
   * Chooses a region.
   *
   * @param entry index of the first instruction
   * @param foreign tells instructions where other units begin: the region ends before them
   * @param weight most bytecode that its blocks may need, by {@link #weight}
   */
  static Region of(
      ProgramCode program, Profile profile, int entry, IntPredicate foreign, int weight) {
    Region region = new Region(program, profile, entry, foreign);
    region.keepHottest(weight);
    region.placeChecks();
    return region;
  }

  /**
   * Where the loop begins that was seen to go round most often among those that an instruction
   * leads to; the instruction itself if there is none.
   */
  static int hottestLoop(ProgramCode program, Profile profile, int index) {
    Region all = new Region(program, profile, index, foreign -> false);
    return all.blocks.keySet().stream()
        .max(
            Comparator.comparingInt((Integer start) -> profile.rounds(start))
                .thenComparing(start -> start == index))
        .orElseThrow();
  }

  /** Index of the first instruction. */
  int entry() {
    return entry;
  }

  /** The blocks by ascending index of their first instruction. */
  List<Block> blocks() {
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
    return allSuccessors(block).stream().filter(blocks::containsKey).toList();
  }

  private List<Integer> allSuccessors(Block block) {
    int last = block.last();
    long w = program.code()[last];
    return switch (PreDecoded.opcode(w)) {
      case Opcode.BEQ, Opcode.BNE, Opcode.BLT, Opcode.BGE, Opcode.BLTU, Opcode.BGEU ->
          List.of(PreDecoded.target(w), block.end());
      case Opcode.JAL -> List.of(PreDecoded.target(w));
      case Opcode.JALR -> indirectTargets(last);
      case Opcode.FAR_JUMP, Opcode.ECALL, Opcode.EBREAK, Opcode.ILLEGAL -> List.of();
      default -> List.of(block.end());
    };
  }

  private List<Integer> indirectTargets(int jump) {
    List<Integer> targets = new ArrayList<>();
    if (profile.visits(jump) > 0) {
      targets.add(profile.successor(jump));
    }
    if (PreDecoded.rd(program.code()[jump]) == Hart.SINK) {
      hottestReturnSites.stream()
          .filter(site -> site != profile.successor(jump))
          .limit(MOST_RETURNS)
          .forEach(targets::add);
    }
    return targets;
  }

  /** As many as a return may need; ranked once, since programs may have thousands of calls. */
  private void rankReturnSites() {
    hottestReturnSites =
        returnSites.stream()
            .filter(site -> profile.visits(site) > 0)
            .sorted(Comparator.comparingInt(profile::visits).reversed())
            .limit(MOST_RETURNS + 1)
            .toList();
  }

  /** Blocks that may run after the entry; of what is called, only what was seen to be called. */
  private void findBlocks(IntPredicate foreign) {
    Set<Integer> starts = new TreeSet<>(List.of(entry));
    int known;
    do {
      known = starts.size() + returnSites.size();
      rankReturnSites();
      Deque<Integer> open = new ArrayDeque<>(starts);
      blocks.clear();
      while (!open.isEmpty()) {
        int start = open.pop();
        Block block = straight(start);
        blocks.put(start, block);
        long w = program.code()[block.last()];
        if (PreDecoded.opcode(w) == Opcode.JAL && PreDecoded.rd(w) != Hart.SINK) {
          if (profile.visits(block.last()) == 0) {
            continue;
          }
          returnSites.add(block.end());
        }
        for (int next : allSuccessors(block)) {
          boolean wanted = !foreign.test(next) && starts.size() < MOST_BLOCKS;
          if (wanted && starts.add(next)) {
            open.add(next);
          }
        }
      }
    } while (starts.size() + returnSites.size() != known);
    List<Integer> ordered = List.copyOf(blocks.keySet());
    for (int i = 0; i + 1 < ordered.size(); i++) {
      Block block = at(ordered.get(i), blocks);
      int next = ordered.get(i + 1);
      if (next < block.end()) {
        blocks.put(block.start(), new Block(block.start(), next - block.start()));
      }
    }
  }

  /** From {@code start} to the next jump. */
  private Block straight(int start) {
    int end = start;
    int accesses = 0;
    int opcode;
    do {
      opcode = opcode(end++);
      accesses += Opcode.isLoad(opcode) || Opcode.isStore(opcode) ? 1 : 0;
    } while (!isLast(opcode) && end - start < LONGEST_BLOCK && accesses < MOST_ACCESSES);
    return new Block(start, end - start);
  }

  private int opcode(int index) {
    if (PreDecoded.opcode(program.code()[index]) == Opcode.UNDECODED) {
      program.decodeAround(index);
    }
    return PreDecoded.opcode(program.code()[index]);
  }

  private static boolean isLast(int opcode) {
    return switch (opcode) {
      case Opcode.JAL, Opcode.JALR, Opcode.FAR_JUMP, Opcode.ECALL, Opcode.EBREAK, Opcode.ILLEGAL ->
          true;
      default -> Opcode.isBranch(opcode);
    };
  }

  /** Keeps what the entry leads to, the hottest block next to those kept first. */
  private void keepHottest(int weight) {
    TreeMap<Integer, Block> all = new TreeMap<>(blocks);
    blocks.clear();
    Set<Integer> seen = new HashSet<>(List.of(entry));
    Queue<Integer> open =
        new PriorityQueue<>(
            Comparator.comparingInt((Integer start) -> -profile.visits(start))
                .thenComparing(Comparator.naturalOrder()));
    open.add(entry);
    int left = weight;
    while (!open.isEmpty()) {
      Block block = at(open.remove(), all);
      left -= block.start() == entry ? 0 : weight(block);
      if (left >= 0) {
        blocks.put(block.start(), block);
        allSuccessors(block).stream().filter(all::containsKey).filter(seen::add).forEach(open::add);
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

  /** Puts a check into every cycle, and finds the longest way between two. */
  private void placeChecks() {
    checked.add(entry);
    Map<Integer, Integer> longest = new HashMap<>();
    longest(entry, longest, new HashSet<>());
    leastBudget = longest.values().stream().max(Integer::compare).orElseThrow();
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
