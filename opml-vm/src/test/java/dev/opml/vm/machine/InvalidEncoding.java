package dev.opml.vm.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * A class of words that are no instruction of the machine: those whose bits under the mask equal
 * the match, and whose other bits the specification does not define or gives to an extension.
 * Written from the opcode maps of the RISC-V specification, as the complement of {@link Encoding};
 * classes may overlap.
 */
record InvalidEncoding(String name, int match, int mask, IntPredicate reserved) {
  /** The rows and columns of the map of major opcodes that RV64IM leaves empty. */
  private static final Map<String, Integer> MAJOR_OPCODES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("LOAD-FP (F, D, V)", 0x07),
              Map.entry("custom-0", 0x0b),
              Map.entry("48 bits, 0x1f", 0x1f),
              Map.entry("STORE-FP (F, D, V)", 0x27),
              Map.entry("custom-1", 0x2b),
              Map.entry("AMO (A)", 0x2f),
              Map.entry("64 bits, 0x3f", 0x3f),
              Map.entry("MADD (F, D)", 0x43),
              Map.entry("MSUB (F, D)", 0x47),
              Map.entry("NMSUB (F, D)", 0x4b),
              Map.entry("NMADD (F, D)", 0x4f),
              Map.entry("OP-FP (F, D)", 0x53),
              Map.entry("OP-V (V)", 0x57),
              Map.entry("custom-2", 0x5b),
              Map.entry("48 bits, 0x5f", 0x5f),
              Map.entry("reserved, 0x6b", 0x6b),
              Map.entry("OP-VE", 0x77),
              Map.entry("custom-3", 0x7b),
              Map.entry("80 bits and more, 0x7f", 0x7f)));

  private static final int OPCODE = 0x7f;
  private static final int FUNCT3 = 0x7000;
  private static final int FUNCT12 = 0xfff0_0000;
  private static final int RS1 = 0xf_8000;
  private static final int RD = 0xf80;
  private static final int SYSTEM = 0x73;

  static final List<InvalidEncoding> ALL = all();

  private static List<InvalidEncoding> all() {
    List<InvalidEncoding> all = new ArrayList<>();
    all.add(exact("all zeros", 0, -1));
    all.add(exact("all ones", -1, -1));
    for (int quadrant = 0; quadrant < 3; quadrant++) {
      all.add(exact("16 bits (C), quadrant " + quadrant, quadrant, 3));
    }
    MAJOR_OPCODES.forEach((name, opcode) -> all.add(exact(name, opcode, OPCODE)));
    addFunct3(all, "JALR", 0x67, 1, 2, 3, 4, 5, 6, 7);
    addFunct3(all, "BRANCH", 0x63, 2, 3);
    addFunct3(all, "LOAD", 0x03, 7);
    addFunct3(all, "STORE", 0x23, 4, 5, 6, 7);
    addFunct3(all, "MISC-MEM (FENCE.I, CBO, ...)", 0x0f, 1, 2, 3, 4, 5, 6, 7);
    addFunct3(all, "OP-IMM-32", 0x1b, 2, 3, 4, 6, 7);
    addFunct3(all, "SYSTEM (CSR..., HLV, ...)", SYSTEM, 1, 2, 3, 4, 5, 6, 7);
    all.add(funct7("OP-IMM SLLI, reserved upper six bits", 0x13, 1, f -> f >> 1 != 0));
    all.add(funct7("OP-IMM SRLI, SRAI, reserved upper six bits", 0x13, 5, f -> (f >> 1 & 47) != 0));
    all.add(funct7("OP-IMM-32 SLLIW by 32 or more", 0x1b, 1, f -> f == 1));
    all.add(funct7("OP-IMM-32 SRLIW, SRAIW by 32 or more", 0x1b, 5, f -> f == 1 || f == 33));
    all.add(funct7("OP-IMM-32 SLLIW, reserved funct7", 0x1b, 1, f -> f > 1));
    all.add(funct7("OP-IMM-32 SRLIW, SRAIW, reserved funct7", 0x1b, 5, f -> (f & 94) != 0));
    for (int funct3 = 0; funct3 < 8; funct3++) {
      all.add(funct7("OP, reserved funct7", 0x33, funct3, f -> f > 1 && f != 32));
      all.add(funct7("OP-32, reserved funct7", 0x3b, funct3, f -> f > 1 && f != 32));
      if (funct3 != 0 && funct3 != 5) {
        all.add(funct7("OP, funct7 of SUB and SRA", 0x33, funct3, f -> f == 32));
        all.add(funct7("OP-32, funct7 of SUBW and SRAW", 0x3b, funct3, f -> f == 32));
        if (funct3 != 1) {
          all.add(funct7("OP-32, funct7 of ADDW and SLLW", 0x3b, funct3, f -> f == 0));
        }
      }
      if (funct3 >= 1 && funct3 <= 3) {
        all.add(funct7("OP-32, funct7 of MULW", 0x3b, funct3, f -> f == 1));
      }
    }
    addSystem(all);
    return List.copyOf(all);
  }

  private static void addSystem(List<InvalidEncoding> all) {
    int fixed = OPCODE | FUNCT3 | FUNCT12;
    for (int call = 0; call < 2; call++) {
      int match = SYSTEM | call << 20;
      String name = call == 0 ? "ECALL" : "EBREAK";
      all.add(new InvalidEncoding(name + " with rd", match, fixed | RS1, w -> (w & RD) != 0));
      all.add(new InvalidEncoding(name + " with rs1", match, fixed | RD, w -> (w & RS1) != 0));
      all.add(
          new InvalidEncoding(
              name + " with rd and rs1", match, fixed, w -> (w & RD) != 0 && (w & RS1) != 0));
    }
    Map<String, Integer> privileged =
        new TreeMap<>(Map.of("URET", 2, "SRET", 0x102, "MRET", 0x302, "WFI", 0x105, "DRET", 0x7b2));
    privileged.forEach((name, funct12) -> all.add(exact(name, SYSTEM | funct12 << 20, -1)));
    all.add(funct7("SFENCE.VMA", SYSTEM, 0, f -> f == 9));
    all.add(
        new InvalidEncoding(
            "SYSTEM, any other funct12", SYSTEM, OPCODE | FUNCT3, w -> w >>> 20 > 1));
  }

  private static InvalidEncoding exact(String name, int match, int mask) {
    return new InvalidEncoding(name, match, mask, word -> true);
  }

  private static void addFunct3(List<InvalidEncoding> all, String name, int opcode, int... values) {
    for (int funct3 : values) {
      String full = name + ", funct3 = " + funct3;
      all.add(exact(full, opcode | funct3 << 12, OPCODE | FUNCT3));
    }
  }

  private static InvalidEncoding funct7(
      String name, int opcode, int funct3, IntPredicate reserved) {
    return new InvalidEncoding(
        name + ", funct3 = " + funct3,
        opcode | funct3 << 12,
        OPCODE | FUNCT3,
        word -> reserved.test(word >>> 25));
  }

  boolean contains(int word) {
    return (word & mask) == match && reserved.test(word);
  }

  /** A word of the class; bits that do not decide are random. */
  int draw(Random random) {
    int word;
    do {
      word = random.nextInt() & ~mask | match;
    } while (!reserved.test(word));
    return word;
  }

  @Override
  public String toString() {
    return name;
  }
}
