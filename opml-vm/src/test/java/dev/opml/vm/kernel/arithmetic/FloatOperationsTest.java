package dev.opml.vm.kernel.arithmetic;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.testing.FloatOperation;
import dev.opml.vm.testing.FloatOperation.Vector;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Java's float operations, scalar and in vectors, as the kernels use them. */
class FloatOperationsTest {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_128;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_128;
  private static final int LANES = FLOATS.length();

  /** Magnitudes that the kernels round to an integer by an addition. */
  private static final float ROUNDED_BELOW = 0x1p22f;

  /** A round makes the JVM compile what the round before only interpreted. */
  private static final int ROUNDS = 5;

  private static List<Vector> vectors(FloatOperation operation) {
    List<Vector> vectors = new ArrayList<>(operation.vectors());
    operation.testFloatVectors().ifPresent(vectors::addAll);
    return vectors;
  }

  @ParameterizedTest
  @EnumSource
  void operation_scalar_hasTheExactResult(FloatOperation operation) {
    List<Vector> vectors = vectors(operation);
    if (operation == FloatOperation.TO_INT) {
      vectors.removeIf(v -> !(Math.abs(Float.intBitsToFloat(v.a())) < ROUNDED_BELOW));
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (Vector vector : vectors) {
        assertResult(operation, vector, compute(operation, vector.a(), vector.b(), vector.c()));
      }
    }
  }

  private static void assertResult(FloatOperation operation, Vector vector, int result) {
    assertTrue(
        result == vector.result(), () -> "%s %s, got %08x".formatted(operation, vector, result));
  }

  private static int compute(FloatOperation operation, int p, int q, int r) {
    float a = Float.intBitsToFloat(p);
    float b = Float.intBitsToFloat(q);
    float c = Float.intBitsToFloat(r);
    return switch (operation) {
      case ADD -> Float.floatToIntBits(a + b);
      case SUBTRACT -> Float.floatToIntBits(a - b);
      case MULTIPLY -> Float.floatToIntBits(a * b);
      case DIVIDE -> Float.floatToIntBits(a / b);
      case SQUARE_ROOT -> Float.floatToIntBits((float) Math.sqrt(a));
      case LESS -> a < b ? 1 : 0;
      case LESS_OR_EQUAL -> a <= b ? 1 : 0;
      case EQUAL -> a == b ? 1 : 0;
      case TO_INT -> Float.floatToRawIntBits(a + Exponential.ROUNDER) - Exponential.ROUNDER_BITS;
      case FROM_INT -> Float.floatToIntBits((float) p);
      case FROM_HALF -> Float.floatToIntBits(Float.float16ToFloat((short) p));
      case FROM_BFLOAT -> Float.floatToIntBits(Float.intBitsToFloat(p << 16));
      case TO_HALF -> toHalf(a);
      case MULTIPLY_THEN_ADD -> Float.floatToIntBits(a * b + c);
      case MULTIPLY_HALF_THEN_ADD -> Float.floatToIntBits(a * Float.float16ToFloat((short) q) + c);
      case FUSED_MULTIPLY_ADD -> Float.floatToIntBits(Math.fma(a, b, c));
    };
  }

  private static int toHalf(float x) {
    short[] half = new short[1];
    Half.saturate(new float[] {x}, 0, half);
    return Short.toUnsignedInt(half[0]);
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "ADD",
        "SUBTRACT",
        "MULTIPLY",
        "DIVIDE",
        "SQUARE_ROOT",
        "FROM_INT",
        "MULTIPLY_THEN_ADD",
        "FUSED_MULTIPLY_ADD"
      })
  void operation_inVectors_hasTheExactResult(FloatOperation operation) {
    List<Vector> vectors = vectors(operation);
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i + LANES <= vectors.size(); i += LANES) {
        List<Vector> lanes = vectors.subList(i, i + LANES);
        IntVector a = IntVector.fromArray(INTS, lanes.stream().mapToInt(Vector::a).toArray(), 0);
        IntVector b = IntVector.fromArray(INTS, lanes.stream().mapToInt(Vector::b).toArray(), 0);
        IntVector c = IntVector.fromArray(INTS, lanes.stream().mapToInt(Vector::c).toArray(), 0);
        float[] results = compute(operation, a, b, c).toArray();
        for (int lane = 0; lane < LANES; lane++) {
          assertResult(operation, lanes.get(lane), Float.floatToIntBits(results[lane]));
        }
      }
    }
  }

  private static FloatVector compute(
      FloatOperation operation, IntVector p, IntVector q, IntVector r) {
    FloatVector a = p.reinterpretAsFloats();
    FloatVector b = q.reinterpretAsFloats();
    FloatVector c = r.reinterpretAsFloats();
    return switch (operation) {
      case ADD -> a.add(b);
      case SUBTRACT -> a.sub(b);
      case MULTIPLY -> a.mul(b);
      case DIVIDE -> a.div(b);
      case SQUARE_ROOT -> a.sqrt();
      case FROM_INT -> (FloatVector) p.convert(VectorOperators.I2F, 0);
      case MULTIPLY_THEN_ADD -> a.mul(b).add(c);
      case FUSED_MULTIPLY_ADD -> a.fma(b, c);
      default -> throw new IllegalArgumentException(operation.toString());
    };
  }
}
