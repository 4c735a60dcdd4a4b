package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.instruction.Alu;
import dev.opml.vm.machine.instruction.Format;
import dev.opml.vm.machine.instruction.Operation;
import dev.opml.vm.machine.interpreter.Interpreter;
import dev.opml.vm.machine.interpreter.ProgramCode;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Arithmetic against the specification's words, computed with unbounded integers. */
class ArithmeticTest {
  private static final long SEED = 7;
  private static final long[] EDGES = {
    0,
    1,
    2,
    -1,
    -2,
    31,
    32,
    63,
    64,
    0x7f,
    0x80,
    0x7fff_ffffL,
    0x8000_0000L,
    0xffff_ffffL,
    0x1_0000_0000L,
    -0x8000_0000L,
    -0x8000_0001L,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Long.MIN_VALUE + 1,
    0x0123_4567_89ab_cdefL,
    0xfedc_ba98_7654_3210L
  };

  static Stream<Operation> registerOperations() {
    return Arrays.stream(Operation.values())
        .filter(operation -> operation.format() == Format.REGISTER);
  }

  static Stream<Operation> immediateOperations() {
    return Arrays.stream(Operation.values())
        .filter(operation -> operation.format() == Format.IMMEDIATE);
  }

  private static BigInteger signed(long value) {
    return BigInteger.valueOf(value);
  }

  private static BigInteger unsigned(long value) {
    return new BigInteger(Long.toUnsignedString(value));
  }

  private static BigInteger signedWord(long value) {
    return BigInteger.valueOf((int) value);
  }

  private static BigInteger unsignedWord(long value) {
    return BigInteger.valueOf(value & 0xffff_ffffL);
  }

  private static long word(BigInteger value) {
    return value.intValue();
  }

  private static BigInteger quotient(BigInteger a, BigInteger b) {
    return b.signum() == 0 ? BigInteger.ONE.negate() : a.divide(b);
  }

  private static BigInteger remainder(BigInteger a, BigInteger b) {
    return b.signum() == 0 ? a : a.remainder(b);
  }

  private static long truth(boolean value) {
    return value ? 1 : 0;
  }

  private static long expected(Operation operation, long a, long b) {
    int amount = (int) (b & 63);
    int wordAmount = (int) (b & 31);
    return switch (operation) {
      case ADD, ADDI -> signed(a).add(signed(b)).longValue();
      case SUB -> signed(a).subtract(signed(b)).longValue();
      case SLL, SLLI -> signed(a).shiftLeft(amount).longValue();
      case SLT, SLTI -> truth(signed(a).compareTo(signed(b)) < 0);
      case SLTU, SLTIU -> truth(unsigned(a).compareTo(unsigned(b)) < 0);
      case XOR, XORI -> signed(a).xor(signed(b)).longValue();
      case SRL, SRLI -> unsigned(a).shiftRight(amount).longValue();
      case SRA, SRAI -> signed(a).shiftRight(amount).longValue();
      case OR, ORI -> signed(a).or(signed(b)).longValue();
      case AND, ANDI -> signed(a).and(signed(b)).longValue();
      case ADDW, ADDIW -> word(signed(a).add(signed(b)));
      case SUBW -> word(signed(a).subtract(signed(b)));
      case SLLW, SLLIW -> word(unsignedWord(a).shiftLeft(wordAmount));
      case SRLW, SRLIW -> word(unsignedWord(a).shiftRight(wordAmount));
      case SRAW, SRAIW -> word(signedWord(a).shiftRight(wordAmount));
      case MUL -> signed(a).multiply(signed(b)).longValue();
      case MULH -> signed(a).multiply(signed(b)).shiftRight(64).longValue();
      case MULHSU -> signed(a).multiply(unsigned(b)).shiftRight(64).longValue();
      case MULHU -> unsigned(a).multiply(unsigned(b)).shiftRight(64).longValue();
      case DIV -> quotient(signed(a), signed(b)).longValue();
      case DIVU -> quotient(unsigned(a), unsigned(b)).longValue();
      case REM -> remainder(signed(a), signed(b)).longValue();
      case REMU -> remainder(unsigned(a), unsigned(b)).longValue();
      case MULW -> word(signedWord(a).multiply(signedWord(b)));
      case DIVW -> word(quotient(signedWord(a), signedWord(b)));
      case DIVUW -> word(quotient(unsignedWord(a), unsignedWord(b)));
      case REMW -> word(remainder(signedWord(a), signedWord(b)));
      case REMUW -> word(remainder(unsignedWord(a), unsignedWord(b)));
      default -> throw new AssertionError(operation);
    };
  }

  private static List<Long> operands() {
    Random random = new Random(SEED);
    return Stream.concat(
            Arrays.stream(EDGES).boxed(),
            Stream.generate(() -> random.nextLong() >> random.nextInt(64)).limit(200))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("registerOperations")
  void registerOperation_edgesAndRandomValues_isWhatTheSpecificationSays(Operation operation) {
    Hart hart = TestMachine.of(Assembler.r(operation, 5, 6, 7)).hart;
    Interpreter engine = new Interpreter(ProgramCode.of(hart.memory.base()));
    for (long a : operands()) {
      for (long b : operands()) {
        long expected = expected(operation, a, b);
        hart.registers[6] = a;
        hart.registers[7] = b;
        hart.pc = TestMachine.ENTRY;
        engine.run(hart, hart.count + 1);
        String what = "%s 0x%x, 0x%x, seed %d".formatted(operation, a, b, SEED);
        assertEquals(expected, hart.registers[5], what);
        assertEquals(expected, Alu.compute(operation, a, b), what);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("immediateOperations")
  void immediateOperation_edgesAndRandomValues_isWhatTheSpecificationSays(Operation operation) {
    boolean shift = operation.name().startsWith("S") && !operation.name().startsWith("SLT");
    boolean wordShift = shift && operation.name().endsWith("W");
    for (int immediate :
        shift
            ? new int[] {0, 1, 17, wordShift ? 30 : 62, wordShift ? 31 : 63}
            : new int[] {0, 1, -1, 2047, -2048, 1234}) {
      TestMachine machine = TestMachine.of(Assembler.i(operation, 5, 6, immediate));
      for (long a : operands()) {
        machine.set(6, a);
        machine.hart.pc = TestMachine.ENTRY;
        machine.engine.run(machine.hart, machine.hart.count + 1);
        assertEquals(
            expected(operation, a, immediate),
            machine.get(5),
            "%s 0x%x, %d, seed %d".formatted(operation, a, immediate, SEED));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "DIV, 7, 0, -1",
    "DIV, -9223372036854775808, -1, -9223372036854775808",
    "DIV, -7, 2, -3",
    "REM, -7, 2, -1",
    "REM, 7, 0, 7",
    "REM, -9223372036854775808, -1, 0",
    "DIVU, 7, 0, -1",
    "REMU, -7, 0, -7",
    "DIVU, -1, 2, 9223372036854775807",
    "DIVW, -2147483648, -1, -2147483648",
    "REMW, -2147483648, -1, 0",
    "DIVW, 4294967303, 4294967296, -1",
    "REMW, 6442450944, 0, -2147483648",
    "DIVUW, 4294967295, 1, -1",
    "REMUW, 4294967295, 4294967296, -1",
    "MULHSU, -1, -1, -1",
    "MULHU, -1, -1, -2",
    "MULH, -1, -1, 0",
    "MULW, 65536, 65536, 0",
    "ADDW, 2147483647, 1, -2147483648",
    "SRAW, 2147483648, 31, -1",
    "SLL, 1, 64, 1",
    "SLLW, 1, 32, 1",
  })
  void registerOperation_cornerCase_isAsListed(Operation operation, long a, long b, long expected) {
    TestMachine machine =
        TestMachine.of(Assembler.r(operation, 5, 6, 7)).set(6, a).set(7, b).runs();
    assertEquals(expected, machine.get(5));
    assertEquals(TestMachine.ENTRY + 4, machine.hart.pc);
  }

  @Test
  void upperImmediates_negativeAndWrapping_areSignExtended() {
    assertEquals(
        -0x8000_0000L, TestMachine.of(Assembler.u(Operation.LUI, 5, 0x8000_0000)).runs().get(5));
    assertEquals(
        TestMachine.ENTRY - 0x8000_0000L,
        TestMachine.of(Assembler.u(Operation.AUIPC, 5, 0x8000_0000)).runs().get(5));
    assertEquals(
        TestMachine.ENTRY + 0x7fff_f000L,
        TestMachine.of(Assembler.u(Operation.AUIPC, 5, 0x7fff_f000)).runs().get(5));
  }

  @ParameterizedTest
  @MethodSource("registerOperations")
  void registerOperation_intoX0_changesNothing(Operation operation) {
    TestMachine machine =
        TestMachine.of(Assembler.r(operation, 0, 6, 7), Assembler.r(operation, 5, 0, 0));
    machine.set(6, 123).set(7, -5).runs().runs();
    assertEquals(expected(operation, 0, 0), machine.get(5));
  }
}
