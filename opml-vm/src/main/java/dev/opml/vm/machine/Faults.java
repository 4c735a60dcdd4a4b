package dev.opml.vm.machine;

import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.instruction.AssemblyText;
import dev.opml.vm.machine.instruction.Instruction;
import dev.opml.vm.machine.instruction.Operation;

/**
 * Why a hart has faulted. Found out afterwards, which is possible because a fault leaves pc,
 * registers and memory as they were: so engines need not say.
 */
final class Faults {
  private Faults() {}

  /** The fault of a hart that has faulted. */
  static MachineFault of(Hart hart) {
    if (!hart.fetchable()) {
      return new MachineFault(FaultCause.FETCH, hart.pc, "", hart.pc);
    }
    Instruction instruction = hart.fetch();
    long address = hart.registers[instruction.rs1()] + instruction.immediate();
    return switch (instruction.operation().format()) {
      case ILLEGAL -> fault(hart, FaultCause.ILLEGAL_INSTRUCTION, hart.fetchWord() & 0xffff_ffffL);
      case SYSTEM ->
          instruction.operation() == Operation.EBREAK
              ? fault(hart, FaultCause.BREAKPOINT, 0)
              : fault(hart, FaultCause.UNKNOWN_CALL, hart.registers[Hart.CALL_NUMBER]);
      case LOAD -> access(hart, instruction, address, FaultCause.MISALIGNED_LOAD, FaultCause.LOAD);
      case STORE ->
          access(hart, instruction, address, FaultCause.MISALIGNED_STORE, FaultCause.STORE);
      case JUMP_REGISTER -> fault(hart, FaultCause.MISALIGNED_JUMP, address & ~1L);
      default -> fault(hart, FaultCause.MISALIGNED_JUMP, hart.pc + instruction.immediate());
    };
  }

  private static MachineFault access(
      Hart hart, Instruction access, long address, FaultCause misaligned, FaultCause forbidden) {
    boolean aligned = (address & access.operation().accessSize() - 1) == 0;
    return fault(hart, aligned ? forbidden : misaligned, address);
  }

  private static MachineFault fault(Hart hart, FaultCause cause, long value) {
    return new MachineFault(cause, hart.pc, AssemblyText.of(hart.fetchWord(), hart.pc), value);
  }
}
