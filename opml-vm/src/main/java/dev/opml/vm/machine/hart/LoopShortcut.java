package dev.opml.vm.machine.hart;

import dev.opml.vm.machine.instruction.Format;
import java.util.Arrays;

/**
 * Skips the rounds of a loop that will never end. If pc and all registers are what they were some
 * instructions ago, and no store was executed since, then all that follows repeats, because an
 * instruction depends on pc, registers and memory alone and not on the count. So the count may
 * advance by whole rounds.
 */
public final class LoopShortcut implements InstructionEngine {
  private static final long FIRST_ATTEMPT = 1L << 22;
  private static final int LONGEST_LOOP = 1 << 14;

  private final InstructionEngine engine;

  public LoopShortcut(InstructionEngine engine) {
    this.engine = engine;
  }

  @Override
  public void run(Hart hart, long end) {
    while (hart.running() && hart.count < end) {
      engine.run(hart, Math.min(end, nextAttempt(hart.count)));
      if (hart.running() && hart.count < end) {
        attempt(hart, end);
      }
    }
  }

  /**
   * Counts at which an attempt is worth its time: powers of two, so that attempts cost nothing
   * beside the run.
   */
  private static long nextAttempt(long count) {
    return Math.max(FIRST_ATTEMPT, Long.highestOneBit(count) << 1);
  }

  /**
   * Executes some instructions, at most up to {@code end}; if they close a loop, only a part of a
   * round is left afterwards.
   */
  public void attempt(Hart hart, long end) {
    long pc = hart.pc;
    long start = hart.count;
    long[] registers = Arrays.copyOf(hart.registers, Hart.SINK);
    while (hart.count < end && hart.count - start < LONGEST_LOOP && !nextStores(hart)) {
      engine.run(hart, hart.count + 1);
      if (!hart.running()) {
        return;
      }
      if (hart.pc == pc && Arrays.equals(hart.registers, 0, Hart.SINK, registers, 0, Hart.SINK)) {
        long round = hart.count - start;
        hart.count += (end - hart.count) / round * round;
        return;
      }
    }
  }

  private static boolean nextStores(Hart hart) {
    return hart.fetchable() && hart.fetch().operation().format() == Format.STORE;
  }
}
