package dev.opml.vm.machine.raw;

import dev.opml.api.trace.MachineStatus;
import dev.opml.vm.elf.ElfProgram;
import dev.opml.vm.elf.ElfSegment;
import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.hart.InstructionEngine;
import dev.opml.vm.machine.instruction.Format;
import dev.opml.vm.machine.instruction.Instruction;
import dev.opml.vm.machine.interpreter.ProgramCode;
import dev.opml.vm.memory.GuestMemory;
import java.util.List;
import java.util.function.Function;

/**
 * Executes a raw ELF with one engine for each executable segment. Engines know one unchanging
 * program each, and fault where execution leaves it or stores to code; since a fault changes
 * nothing but count and status, both are taken back here. A store to code is executed, and what was
 * decoded of it forgotten, so that the next fetch sees it. Not thread-safe.
 */
public final class ElfEngine implements InstructionEngine {
  private final List<CodeSegment> segments;

  /**
   * An engine of a program that {@code memory} holds already.
   *
   * @param engines makes an engine of a segment, to be used by this one only
   */
  public ElfEngine(
      ElfProgram program, GuestMemory memory, Function<ProgramCode, InstructionEngine> engines) {
    this.segments =
        program.segments().stream()
            .filter(ElfSegment::executable)
            .map(segment -> new CodeSegment(segment, memory, engines))
            .toList();
  }

  @Override
  public void run(Hart hart, long end) {
    while (hart.running() && hart.count < end) {
      segments.stream()
          .filter(segment -> segment.holds(hart.pc))
          .findFirst()
          .ifPresentOrElse(segment -> run(segment, hart, end), hart::fault);
    }
  }

  private void run(CodeSegment segment, Hart hart, long end) {
    segment.engine().run(hart, end);
    if (hart.status == MachineStatus.FAULTED) {
      if (segment.holds(hart.pc)) {
        storeToCode(hart);
      } else {
        hart.status = MachineStatus.RUNNING;
        hart.count--;
      }
    }
  }

  /** Executes the instruction that faulted, if it is a store that only engines object to. */
  private void storeToCode(Hart hart) {
    Instruction store = hart.fetch();
    if (store.operation().format() != Format.STORE) {
      return;
    }
    long address = hart.registers[store.rs1()] + store.immediate();
    int size = store.operation().accessSize();
    if (hart.memory.mayLoad(address, size)) {
      byte[] bytes = new byte[size];
      for (int i = 0; i < size; i++) {
        bytes[i] = (byte) (hart.registers[store.rs2()] >> (Byte.SIZE * i));
      }
      hart.memory.write(address, bytes);
      segments.forEach(segment -> segment.stored(hart.memory, address, size));
      hart.status = MachineStatus.RUNNING;
      hart.pc += Integer.BYTES;
    }
  }
}
