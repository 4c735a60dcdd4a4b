package dev.opml.vm.machine;

import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.vm.elf.ElfProgram;
import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.hart.InstructionEngine;
import dev.opml.vm.machine.hart.LoopShortcut;
import dev.opml.vm.machine.interpreter.ProgramCode;
import dev.opml.vm.machine.raw.ElfEngine;
import dev.opml.vm.machine.raw.ElfRules;
import dev.opml.vm.machine.reference.ReferenceEngine;
import dev.opml.vm.memory.GuestMemory;
import dev.opml.vm.memory.MemorySnapshot;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A hart that executes a raw ELF. */
final class ElfHartMachine extends HartView implements ElfMachine {
  private static final int STACK_POINTER = 2;

  private ElfHartMachine(Hart hart, InstructionEngine engine) {
    super(hart, engine);
  }

  /** As {@link ElfMachine#start}. */
  public static ElfMachine start(ElfProgram program, MachineEngine kind) {
    return switch (kind) {
      case REFERENCE ->
          new ElfHartMachine(
              start(program, ElfRules.ofProgram(program.segments())), new ReferenceEngine());
      case INTERPRETER, TRANSLATOR -> start(program, code -> Engines.unshared(code, kind));
    };
  }

  /** As above; {@code engines} makes an engine of a segment. */
  static ElfHartMachine start(
      ElfProgram program, Function<ProgramCode, InstructionEngine> engines) {
    Hart hart = start(program, ElfRules.ofEngines(program.segments()));
    ElfEngine engine = new ElfEngine(program, hart.memory, engines);
    return new ElfHartMachine(hart, new LoopShortcut(engine));
  }

  private static Hart start(ElfProgram program, ElfRules rules) {
    GuestMemory memory = GuestMemory.over(MemorySnapshot.of(List.of()), rules);
    program
        .segments()
        .forEach(segment ->
            memory.write(segment.base(), segment.content().bytes().toArray(ValueLayout.JAVA_BYTE)));
    Hart hart = new Hart(memory);
    hart.pc = program.entryPoint();
    hart.registers[STACK_POINTER] = MachineState.STACK_TOP;
    return hart;
  }

  @Override
  public Optional<MachineFault> fault() {
    return hart.status == MachineStatus.FAULTED ? Optional.of(Faults.of(hart)) : Optional.empty();
  }
}
