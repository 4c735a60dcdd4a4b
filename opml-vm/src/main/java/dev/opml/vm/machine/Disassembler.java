package dev.opml.vm.machine;

import dev.opml.vm.machine.instruction.AssemblyText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Instructions as text: standard mnemonics, ABI register names, targets of jumps as addresses, and
 * the pseudo-instructions of the assembly manual, as the GNU disassembler has them. Words that
 * fault as an illegal instruction, those of extensions included, are shown as {@code illegal 0x…},
 * and every FENCE as {@code fence}.
 */
public final class Disassembler {
  private Disassembler() {}

  /** Text of the instruction that a machine executes next, which may be none. */
  public static String disassemble(MachineView machine) {
    if (!machine.memory().mayFetch(machine.pc())) {
      return "outside the program";
    }
    byte[] word = new byte[Integer.BYTES];
    machine.memory().read(machine.pc(), word);
    return disassemble(word, machine.pc());
  }

  /**
   * ABI name of a register.
   *
   * @throws IndexOutOfBoundsException if there is no such register
   */
  public static String register(int register) {
    return AssemblyText.NAMES.get(register);
  }

  /**
   * Text of one instruction.
   *
   * @param word the instruction
   * @param pc its address, for targets
   */
  public static String disassemble(int word, long pc) {
    return AssemblyText.of(word, pc);
  }

  /**
   * Text of one instruction.
   *
   * @param word the instruction as 4 bytes of memory, little-endian
   * @param pc its address, for targets
   * @throws java.nio.BufferUnderflowException if there are fewer bytes
   */
  public static String disassemble(byte[] word, long pc) {
    return disassemble(ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN).getInt(), pc);
  }
}
