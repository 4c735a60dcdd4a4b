package dev.opml.vm.machine.instruction;

import java.util.Locale;

/** The operations of RV64IM, and {@link #ILLEGAL} for every word that is none of them. */
public enum Operation {
  ILLEGAL(Opcode.ILLEGAL, Format.ILLEGAL),
  LUI(Opcode.LUI, Format.UPPER),
  AUIPC(Opcode.AUIPC, Format.UPPER),
  JAL(Opcode.JAL, Format.JUMP),
  JALR(Opcode.JALR, Format.JUMP_REGISTER),
  BEQ(Opcode.BEQ, Format.BRANCH),
  BNE(Opcode.BNE, Format.BRANCH),
  BLT(Opcode.BLT, Format.BRANCH),
  BGE(Opcode.BGE, Format.BRANCH),
  BLTU(Opcode.BLTU, Format.BRANCH),
  BGEU(Opcode.BGEU, Format.BRANCH),
  LB(Opcode.LB, Format.LOAD),
  LH(Opcode.LH, Format.LOAD),
  LW(Opcode.LW, Format.LOAD),
  LD(Opcode.LD, Format.LOAD),
  LBU(Opcode.LBU, Format.LOAD),
  LHU(Opcode.LHU, Format.LOAD),
  LWU(Opcode.LWU, Format.LOAD),
  SB(Opcode.SB, Format.STORE),
  SH(Opcode.SH, Format.STORE),
  SW(Opcode.SW, Format.STORE),
  SD(Opcode.SD, Format.STORE),
  ADDI(Opcode.ADDI, Format.IMMEDIATE),
  SLTI(Opcode.SLTI, Format.IMMEDIATE),
  SLTIU(Opcode.SLTIU, Format.IMMEDIATE),
  XORI(Opcode.XORI, Format.IMMEDIATE),
  ORI(Opcode.ORI, Format.IMMEDIATE),
  ANDI(Opcode.ANDI, Format.IMMEDIATE),
  SLLI(Opcode.SLLI, Format.IMMEDIATE),
  SRLI(Opcode.SRLI, Format.IMMEDIATE),
  SRAI(Opcode.SRAI, Format.IMMEDIATE),
  ADDIW(Opcode.ADDIW, Format.IMMEDIATE),
  SLLIW(Opcode.SLLIW, Format.IMMEDIATE),
  SRLIW(Opcode.SRLIW, Format.IMMEDIATE),
  SRAIW(Opcode.SRAIW, Format.IMMEDIATE),
  ADD(Opcode.ADD, Format.REGISTER),
  SUB(Opcode.SUB, Format.REGISTER),
  SLL(Opcode.SLL, Format.REGISTER),
  SLT(Opcode.SLT, Format.REGISTER),
  SLTU(Opcode.SLTU, Format.REGISTER),
  XOR(Opcode.XOR, Format.REGISTER),
  SRL(Opcode.SRL, Format.REGISTER),
  SRA(Opcode.SRA, Format.REGISTER),
  OR(Opcode.OR, Format.REGISTER),
  AND(Opcode.AND, Format.REGISTER),
  ADDW(Opcode.ADDW, Format.REGISTER),
  SUBW(Opcode.SUBW, Format.REGISTER),
  SLLW(Opcode.SLLW, Format.REGISTER),
  SRLW(Opcode.SRLW, Format.REGISTER),
  SRAW(Opcode.SRAW, Format.REGISTER),
  MUL(Opcode.MUL, Format.REGISTER),
  MULH(Opcode.MULH, Format.REGISTER),
  MULHSU(Opcode.MULHSU, Format.REGISTER),
  MULHU(Opcode.MULHU, Format.REGISTER),
  DIV(Opcode.DIV, Format.REGISTER),
  DIVU(Opcode.DIVU, Format.REGISTER),
  REM(Opcode.REM, Format.REGISTER),
  REMU(Opcode.REMU, Format.REGISTER),
  MULW(Opcode.MULW, Format.REGISTER),
  DIVW(Opcode.DIVW, Format.REGISTER),
  DIVUW(Opcode.DIVUW, Format.REGISTER),
  REMW(Opcode.REMW, Format.REGISTER),
  REMUW(Opcode.REMUW, Format.REGISTER),
  FENCE(Opcode.FENCE, Format.FENCE),
  ECALL(Opcode.ECALL, Format.SYSTEM),
  EBREAK(Opcode.EBREAK, Format.SYSTEM);

  private final int opcode;
  private final Format format;

  Operation(int opcode, Format format) {
    this.opcode = opcode;
    this.format = format;
  }

  /** Number in pre-decoded code. */
  public int opcode() {
    return opcode;
  }

  /** Operands and kind of effect. */
  public Format format() {
    return format;
  }

  /** Bytes that a load or store moves: 1, 2, 4 or 8. */
  public int accessSize() {
    return switch (this) {
      case LB, LBU, SB -> 1;
      case LH, LHU, SH -> 2;
      case LW, LWU, SW -> 4;
      case LD, SD -> 8;
      default -> throw new IllegalStateException(this + " accesses no memory");
    };
  }

  /** Name in assembly. */
  public String mnemonic() {
    return name().toLowerCase(Locale.ROOT);
  }
}
