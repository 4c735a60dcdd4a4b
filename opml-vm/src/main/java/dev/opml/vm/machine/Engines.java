package dev.opml.vm.machine;

import dev.opml.vm.machine.hart.InstructionEngine;
import dev.opml.vm.machine.hart.LoopShortcut;
import dev.opml.vm.machine.interpreter.Interpreter;
import dev.opml.vm.machine.interpreter.ProgramCode;
import dev.opml.vm.machine.reference.ReferenceEngine;
import dev.opml.vm.machine.translator.TieredEngine;
import dev.opml.vm.memory.MemorySnapshot;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The engines of the programs run last in this JVM. Sharing them lets every node, session and
 * thread that runs a program use what was translated for others.
 */
final class Engines {
  private static final int MOST = 8;

  /**
   * Longest program that is translated, in instructions: what is counted of each needs 40 bytes,
   * and the bundled guest has fewer than 2^14.
   */
  private static final int LONGEST = 1 << 20;

  private static final Map<Object, InstructionEngine> RECENT =
      new LinkedHashMap<>(2 * MOST, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, InstructionEngine> eldest) {
          return size() > MOST;
        }
      };

  private Engines() {}

  /** An engine of the program in a memory; those that are to be fast skip endless loops. */
  static InstructionEngine of(MemorySnapshot memory, MachineEngine kind) {
    ProgramCode program = ProgramCode.of(memory);
    synchronized (RECENT) {
      return RECENT.computeIfAbsent(
          Map.entry(kind, program.identity()),
          key ->
              switch (kind) {
                case REFERENCE -> new ReferenceEngine();
                case INTERPRETER, TRANSLATOR -> new LoopShortcut(unshared(program, kind));
              });
    }
  }

  /** An engine that nobody else uses, and that executes every round of a loop. */
  static InstructionEngine unshared(ProgramCode program, MachineEngine kind) {
    return switch (kind) {
      case REFERENCE -> new ReferenceEngine();
      case INTERPRETER -> new Interpreter(program);
      case TRANSLATOR ->
          program.code().length > LONGEST ? new Interpreter(program) : new TieredEngine(program);
    };
  }
}
