package dev.opml.vm.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * The operations that docs/numerics.md allows, with vectors to test them: operands and result, bit
 * by bit. In the order of the numbers that src/main/guest/test/softfloat_elf.c gives them.
 */
public enum FloatOperation {
  ADD("f32_add", 2, (a, b, c) -> ExactFloat.add(a, b)),
  SUBTRACT("f32_sub", 2, (a, b, c) -> ExactFloat.subtract(a, b)),
  MULTIPLY("f32_mul", 2, (a, b, c) -> ExactFloat.multiply(a, b)),
  DIVIDE("f32_div", 2, (a, b, c) -> ExactFloat.divide(a, b)),
  SQUARE_ROOT("f32_sqrt", 1, (a, b, c) -> ExactFloat.squareRoot(a)),
  LESS("f32_lt", 2, (a, b, c) -> truth(ExactFloat.less(a, b))),
  LESS_OR_EQUAL("f32_le", 2, (a, b, c) -> truth(ExactFloat.less(a, b) || ExactFloat.equal(a, b))),
  /** Ties to even; saturates, NaN gives the largest integer. */
  TO_INT("f32_to_i32", 1, (a, b, c) -> ExactFloat.toInt(a)),
  FROM_INT("i32_to_f32", 1, (a, b, c) -> ExactFloat.fromInt(a)),
  FROM_HALF("f16_to_f32", 1, (a, b, c) -> ExactFloat.fromHalf(a)),
  FROM_BFLOAT("bf16_to_f32", 1, (a, b, c) -> ExactFloat.fromBfloat(a)),
  /** The largest finite number in place of infinity: the KV cache's rule. */
  TO_HALF("f32_to_f16", 1, (a, b, c) -> ExactFloat.toHalf(a)),
  /** {@code a * b + c}, rounded twice. */
  MULTIPLY_THEN_ADD("", 3, (a, b, c) -> ExactFloat.add(ExactFloat.multiply(a, b), c)),
  /** The same with a binary16 for b. */
  MULTIPLY_HALF_THEN_ADD(
      "", 3, (a, b, c) -> ExactFloat.add(ExactFloat.multiply(a, ExactFloat.fromHalf(b)), c)),
  /** This and the next are not in the guest. */
  EQUAL("f32_eq", 2, (a, b, c) -> truth(ExactFloat.equal(a, b))),
  /** {@code a * b + c}, rounded once. */
  FUSED_MULTIPLY_ADD("f32_mulAdd", 3, ExactFloat::multiplyAdd);

  /** Operands that an operation does not have are zero. */
  public record Vector(int a, int b, int c, int result) {
    @Override
    public String toString() {
      return "%08x %08x %08x: %08x".formatted(a, b, c, result);
    }
  }

  /** What an operation gives. */
  @FunctionalInterface
  public interface Result {
    int of(int a, int b, int c);
  }

  /** Seed of the vectors of {@link #vectors}. */
  public static final long SEED = 20_260_303;

  private static final int RANDOM_VECTORS = 6000;
  private static final int HALF = 0xffff;

  /** Zero, subnormals, one, ties, halves of integers, limits of integers and of binary16. */
  private static final int[] MAGNITUDES = {
    0,
    1,
    2,
    0x007ffffe,
    0x007fffff,
    0x00800000,
    0x00800001,
    0x00ffffff,
    0x01000000,
    0x0d7fffff,
    0x1fffffff,
    0x20000000,
    0x32ffffff,
    0x33000000,
    0x33000001,
    0x33800000,
    0x387fdfff,
    0x387fe000,
    0x387ff000,
    0x38800000,
    0x3eaaaaab,
    0x3effffff,
    0x3f000000,
    0x3f000001,
    0x3f7fffff,
    0x3f800000,
    0x3f800001,
    0x3fc00000,
    0x40200000,
    0x477fdfff,
    0x477fe000,
    0x477fefff,
    0x477ff000,
    0x4affffff,
    0x4b000000,
    0x4b000001,
    0x4b7fffff,
    0x4b800000,
    0x4effffff,
    0x4f000000,
    0x4f000001,
    0x5f7fffff,
    0x5f800000,
    0x7e7fffff,
    0x7e800000,
    0x7f000000,
    0x7f7ffffe,
    0x7f7fffff,
    0x7f800000,
    0x7f800001,
    0x7fbfffff,
    0x7fc00000,
    0x7fffffff
  };

  private final String testFloatName;
  private final int operands;
  private final Result exact;

  FloatOperation(String testFloatName, int operands, Result exact) {
    this.testFloatName = testFloatName;
    this.operands = operands;
    this.exact = exact;
  }

  private static int truth(boolean value) {
    return value ? 1 : 0;
  }

  private boolean takesHalf() {
    return this == FROM_HALF || this == FROM_BFLOAT;
  }

  /** Corner cases and random operands, with results from exact arithmetic. Always the same. */
  public List<Vector> vectors() {
    Random random = new Random(SEED + ordinal());
    List<Vector> vectors = new ArrayList<>();
    if (takesHalf()) {
      IntStream.rangeClosed(0, HALF).forEach(a -> vectors.add(vector(a, 0, 0)));
      return vectors;
    }
    for (int i = 0; i < 2 * MAGNITUDES.length; i++) {
      for (int j = 0; j < (operands == 1 ? 1 : 2 * MAGNITUDES.length); j++) {
        int c = corner(random.nextInt(2 * MAGNITUDES.length));
        vectors.add(vector(corner(i), corner(j), c));
      }
    }
    for (int i = 0; i < RANDOM_VECTORS; i++) {
      int a = random.nextInt();
      vectors.add(vector(a, near(a, random), near(a, random)));
    }
    return vectors;
  }

  private static int corner(int index) {
    int magnitude = MAGNITUDES[index / 2];
    return index % 2 == 0 ? magnitude : magnitude | ExactFloat.SIGN;
  }

  /** A random number, mostly of a similar size as another or as its reciprocal. */
  private static int near(int other, Random random) {
    int exponent = other >>> 23 & 255;
    int wanted =
        switch (random.nextInt(3)) {
          case 0 -> random.nextInt(256);
          case 1 -> exponent + random.nextInt(61) - 30;
          default -> 254 - exponent + random.nextInt(61) - 30;
        };
    return random.nextInt() & ~(255 << 23) | Math.clamp(wanted, 0, 255) << 23;
  }

  private Vector vector(int a, int second, int third) {
    int b = operands < 2 ? 0 : this == MULTIPLY_HALF_THEN_ADD ? second >>> 16 : second;
    int c = operands < 3 ? 0 : third;
    return new Vector(a, b, c, exact.of(a, b, c));
  }

  /** Berkeley TestFloat's vectors, where the shared data is at hand and has them. */
  public Optional<List<Vector>> testFloatVectors() {
    return testFloatName.isEmpty()
        ? Optional.empty()
        : TestData.shared("data/softfloat/" + testFloatName + ".near_even.txt.gz").map(this::read);
  }

  private List<Vector> read(Path path) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(path)), StandardCharsets.US_ASCII))) {
      return lines.lines().map(this::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Operands, result and flags, in hexadecimal. */
  private Vector parse(String line) {
    int[] numbers = new int[4];
    String[] fields = line.split(" ");
    for (int i = 0; i <= operands; i++) {
      numbers[i] = Integer.parseUnsignedInt(fields[i], 16);
    }
    int result = numbers[operands];
    numbers[operands] = 0;
    // An overflow to infinity is where the KV cache's rule differs.
    boolean infinite = this == TO_HALF && (result & 0x7fff) == 0x7c00;
    return new Vector(numbers[0], numbers[1], numbers[2], infinite ? result - 1 : result);
  }
}
