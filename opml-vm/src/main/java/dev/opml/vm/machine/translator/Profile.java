package dev.opml.vm.machine.translator;

import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.interpreter.Interpreter;
import dev.opml.vm.machine.interpreter.ProgramCode;

/**
 * What was seen of a program's execution while it was recorded: how often each instruction ran and
 * was jumped back to, and where execution went from it last. Not thread-safe.
 */
public final class Profile {
  private final ProgramCode program;
  private final int[] visits;
  private final int[] rounds;
  private final int[] successors;

  public Profile(ProgramCode program) {
    this.program = program;
    this.visits = new int[program.code().length];
    this.rounds = new int[program.code().length];
    this.successors = new int[program.code().length];
  }

  /** Runs up to {@code instructions} instructions one by one, but not beyond {@code end}. */
  void record(Interpreter interpreter, Hart hart, long end, int instructions) {
    long stop = Math.min(end, hart.count + instructions);
    int index = program.indexOf(hart.pc);
    while (hart.running() && hart.count < stop) {
      interpreter.run(hart, hart.count + 1);
      int next = program.indexOf(hart.pc);
      if (index >= 0 && next >= 0) {
        visits[index]++;
        successors[index] = next;
        if (next <= index) {
          rounds[next]++;
        }
      }
      index = next;
    }
  }

  /** How often the instruction at {@code index} ran. */
  int visits(int index) {
    return visits[index];
  }

  /** How often a jump back, or to itself, led to the instruction at {@code index}. */
  int rounds(int index) {
    return rounds[index];
  }

  /** Where execution went last from the instruction at {@code index}, 0 if it never ran. */
  int successor(int index) {
    return successors[index];
  }
}
