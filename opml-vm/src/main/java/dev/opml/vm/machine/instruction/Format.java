package dev.opml.vm.machine.instruction;

/** How an operation's operands are encoded and what kind of effect it has. */
public enum Format {
  /** No meaning: faults. */
  ILLEGAL,
  /** {@code rd, imm}: LUI, AUIPC; the immediate is shifted already. */
  UPPER,
  /** {@code rd, target}: JAL. */
  JUMP,
  /** {@code rd, imm(rs1)}: JALR. */
  JUMP_REGISTER,
  /** {@code rs1, rs2, target}. */
  BRANCH,
  /** {@code rd, imm(rs1)}. */
  LOAD,
  /** {@code rs2, imm(rs1)}. */
  STORE,
  /** {@code rd, rs1, imm}, shifts included. */
  IMMEDIATE,
  /** {@code rd, rs1, rs2}. */
  REGISTER,
  /** No operand that matters, no effect. */
  FENCE,
  /** No operand: ECALL, EBREAK. */
  SYSTEM
}
