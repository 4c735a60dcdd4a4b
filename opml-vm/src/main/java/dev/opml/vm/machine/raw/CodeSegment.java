package dev.opml.vm.machine.raw;

import dev.opml.vm.elf.ElfSegment;
import dev.opml.vm.machine.hart.InstructionEngine;
import dev.opml.vm.machine.interpreter.ProgramCode;
import dev.opml.vm.memory.GuestMemory;
import java.util.function.Function;

/** An executable segment, and the engine that runs it as it is now. Not thread-safe. */
final class CodeSegment {
  private final ProgramCode program;
  private final Function<ProgramCode, InstructionEngine> engines;
  private InstructionEngine engine;

  CodeSegment(
      ElfSegment segment, GuestMemory memory, Function<ProgramCode, InstructionEngine> engines) {
    CodeRange words = CodeRange.of(segment);
    this.program = ProgramCode.of(memory, words.from(), (int) (words.to() - words.from()));
    this.engines = engines;
    this.engine = engines.apply(program);
  }

  /** Whether the instruction at {@code pc} is in this segment. */
  boolean holds(long pc) {
    return program.indexOf(pc) >= 0;
  }

  InstructionEngine engine() {
    return engine;
  }

  /** Takes notice of a store that may have been into this segment. */
  void stored(GuestMemory memory, long address, int size) {
    if (program.reload(memory, address, size)) {
      engine = engines.apply(program);
    }
  }
}
