package dev.opml.vm.machine;

import static dev.opml.vm.machine.instruction.Operation.*;

import dev.opml.vm.machine.instruction.Operation;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The encodings of RV64IM as the specification's instruction listing states them: a word is the
 * instruction if its bits under the mask equal the match. Independent of the decoder's way to look
 * at a word.
 */
record Encoding(Operation operation, int match, int mask) {
  static final List<Encoding> ALL =
      List.of(
          encoding(LUI, 0x00000037, 0x0000007f),
          encoding(AUIPC, 0x00000017, 0x0000007f),
          encoding(JAL, 0x0000006f, 0x0000007f),
          encoding(JALR, 0x00000067, 0x0000707f),
          encoding(BEQ, 0x00000063, 0x0000707f),
          encoding(BNE, 0x00001063, 0x0000707f),
          encoding(BLT, 0x00004063, 0x0000707f),
          encoding(BGE, 0x00005063, 0x0000707f),
          encoding(BLTU, 0x00006063, 0x0000707f),
          encoding(BGEU, 0x00007063, 0x0000707f),
          encoding(LB, 0x00000003, 0x0000707f),
          encoding(LH, 0x00001003, 0x0000707f),
          encoding(LW, 0x00002003, 0x0000707f),
          encoding(LD, 0x00003003, 0x0000707f),
          encoding(LBU, 0x00004003, 0x0000707f),
          encoding(LHU, 0x00005003, 0x0000707f),
          encoding(LWU, 0x00006003, 0x0000707f),
          encoding(SB, 0x00000023, 0x0000707f),
          encoding(SH, 0x00001023, 0x0000707f),
          encoding(SW, 0x00002023, 0x0000707f),
          encoding(SD, 0x00003023, 0x0000707f),
          encoding(ADDI, 0x00000013, 0x0000707f),
          encoding(SLTI, 0x00002013, 0x0000707f),
          encoding(SLTIU, 0x00003013, 0x0000707f),
          encoding(XORI, 0x00004013, 0x0000707f),
          encoding(ORI, 0x00006013, 0x0000707f),
          encoding(ANDI, 0x00007013, 0x0000707f),
          encoding(SLLI, 0x00001013, 0xfc00707f),
          encoding(SRLI, 0x00005013, 0xfc00707f),
          encoding(SRAI, 0x40005013, 0xfc00707f),
          encoding(ADDIW, 0x0000001b, 0x0000707f),
          encoding(SLLIW, 0x0000101b, 0xfe00707f),
          encoding(SRLIW, 0x0000501b, 0xfe00707f),
          encoding(SRAIW, 0x4000501b, 0xfe00707f),
          encoding(ADD, 0x00000033, 0xfe00707f),
          encoding(SUB, 0x40000033, 0xfe00707f),
          encoding(SLL, 0x00001033, 0xfe00707f),
          encoding(SLT, 0x00002033, 0xfe00707f),
          encoding(SLTU, 0x00003033, 0xfe00707f),
          encoding(XOR, 0x00004033, 0xfe00707f),
          encoding(SRL, 0x00005033, 0xfe00707f),
          encoding(SRA, 0x40005033, 0xfe00707f),
          encoding(OR, 0x00006033, 0xfe00707f),
          encoding(AND, 0x00007033, 0xfe00707f),
          encoding(ADDW, 0x0000003b, 0xfe00707f),
          encoding(SUBW, 0x4000003b, 0xfe00707f),
          encoding(SLLW, 0x0000103b, 0xfe00707f),
          encoding(SRLW, 0x0000503b, 0xfe00707f),
          encoding(SRAW, 0x4000503b, 0xfe00707f),
          encoding(MUL, 0x02000033, 0xfe00707f),
          encoding(MULH, 0x02001033, 0xfe00707f),
          encoding(MULHSU, 0x02002033, 0xfe00707f),
          encoding(MULHU, 0x02003033, 0xfe00707f),
          encoding(DIV, 0x02004033, 0xfe00707f),
          encoding(DIVU, 0x02005033, 0xfe00707f),
          encoding(REM, 0x02006033, 0xfe00707f),
          encoding(REMU, 0x02007033, 0xfe00707f),
          encoding(MULW, 0x0200003b, 0xfe00707f),
          encoding(DIVW, 0x0200403b, 0xfe00707f),
          encoding(DIVUW, 0x0200503b, 0xfe00707f),
          encoding(REMW, 0x0200603b, 0xfe00707f),
          encoding(REMUW, 0x0200703b, 0xfe00707f),
          encoding(FENCE, 0x0000000f, 0x0000707f),
          encoding(ECALL, 0x00000073, 0xffff_ffff),
          encoding(EBREAK, 0x00100073, 0xffff_ffff));

  static final Map<Operation, Encoding> OF =
      ALL.stream().collect(Collectors.toMap(Encoding::operation, Function.identity()));

  private static Encoding encoding(Operation operation, int match, int mask) {
    return new Encoding(operation, match, mask);
  }

  boolean matches(int word) {
    return (word & mask) == match;
  }
}
