package dev.opml.vm.machine.translator;

import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.instruction.Opcode;
import dev.opml.vm.machine.interpreter.PreDecoded;
import dev.opml.vm.machine.interpreter.ProgramCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * The blocks that may run after an instruction, and where each may continue; of what is called and
 * returned to, only what was seen.
 */
final class ControlFlow {
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

  /**
   * Follows a program.
   *
   * @param entry index of the first instruction
   * @param foreign tells instructions before which it ends
   */
  ControlFlow(ProgramCode program, Profile profile, int entry, IntPredicate foreign) {
    this.program = program;
    this.profile = profile;
    this.entry = entry;
    findBlocks(foreign);
  }

  /** Index of the first instruction. */
  int entry() {
    return entry;
  }

  /** The blocks, by index of their first instruction. */
  Map<Integer, Block> blocks() {
    return blocks;
  }

  /**
   * Where the loop begins that was seen to go round most often among those that an instruction
   * leads to; the instruction itself if there is none.
   */
  static int hottestLoop(ProgramCode program, Profile profile, int index) {
    return new ControlFlow(program, profile, index, foreign -> false)
        .blocks.keySet().stream()
            .max(
                Comparator.comparingInt((Integer start) -> profile.rounds(start))
                    .thenComparing(start -> start == index))
            .orElseThrow();
  }

  /** Starts of blocks, known or foreign, that a block may continue at, in the order to try them. */
  List<Integer> successors(Block block) {
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
        for (int next : successors(block)) {
          boolean wanted = !foreign.test(next) && starts.size() < MOST_BLOCKS;
          if (wanted && starts.add(next)) {
            open.add(next);
          }
        }
      }
    } while (starts.size() + returnSites.size() != known);
    List<Integer> ordered = List.copyOf(blocks.keySet());
    for (int i = 0; i + 1 < ordered.size(); i++) {
      int next = ordered.get(i + 1);
      blocks.computeIfPresent(ordered.get(i), (start, block) -> block.before(next));
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
}
