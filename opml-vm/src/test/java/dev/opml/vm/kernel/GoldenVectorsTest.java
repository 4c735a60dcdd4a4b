package dev.opml.vm.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.activation.ActivationForm;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.activation.QuantizedVectors;
import dev.opml.vm.kernel.attention.KvCache;
import dev.opml.vm.kernel.attention.KvLayout;
import dev.opml.vm.kernel.choice.KernelChoice;
import dev.opml.vm.kernel.vector.VectorExponential;
import dev.opml.vm.kernel.vector.VectorKernels;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both kinds of kernels against the golden vectors, which another implementation made. Bit for bit.
 */
class GoldenVectorsTest {
  /** Enough for vector kernels to take a matrix. */
  private static final int ROWS = 40;

  /** Alone, and in a batch that four do not divide. */
  private static final int[] VECTORS = {1, 6};

  private static final Map<?, ?> GOLDEN = read();

  private static Map<?, ?> read() {
    try (InputStream in = GoldenVectorsTest.class.getResourceAsStream("golden.json")) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      return (Map<?, ?>) Json.parse(new String(bytes, StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static Stream<Kernels> kernels() {
    return Stream.of(KernelChoice.scalar(), KernelChoice.fastest());
  }

  private static List<Map<?, ?>> cases(String name) {
    return ((List<?>) GOLDEN.get(name)).stream().<Map<?, ?>>map(c -> (Map<?, ?>) c).toList();
  }

  private static float[] floats(Object hex) {
    String text = (String) hex;
    float[] result = new float[text.length() / 8];
    for (int i = 0; i < result.length; i++) {
      result[i] = Float.intBitsToFloat((int) Long.parseLong(text.substring(8 * i, 8 * i + 8), 16));
    }
    return result;
  }

  private static void assertBits(float[] expected, float[] actual, String message) {
    assertArrayEquals(bits(expected), bits(actual), message);
  }

  private static int[] bits(float[] values) {
    int[] result = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = Float.floatToRawIntBits(values[i]);
    }
    return result;
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void exp_goldenExponentials_areThoseOfExp(Kernels kernels) {
    List<?> pairs = (List<?>) GOLDEN.get("exp");
    float[] vector = new float[pairs.size()];
    for (int i = 0; i < pairs.size(); i++) {
      List<?> pair = (List<?>) pairs.get(i);
      float x = floats(pair.getFirst())[0];
      float expected = floats(pair.getLast())[0];
      assertBits(new float[] {expected}, new float[] {Kernels.exp(x)}, "exp " + x);
      vector[i] = x;
    }
    float[] actual = vector.clone();
    if (kernels instanceof VectorKernels) {
      VectorExponential.exp(actual);
      kernels.canonicalize(actual, 0, actual.length);
      for (int i = 0; i < pairs.size(); i++) {
        float expected = floats(((List<?>) pairs.get(i)).getLast())[0];
        assertEquals(
            Float.floatToRawIntBits(expected), Float.floatToRawIntBits(actual[i]), "" + vector[i]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void store_goldenNumbers_areRoundedToHalf(Kernels kernels) {
    List<?> pairs = (List<?>) GOLDEN.get("f16");
    KvCache cache = kernels.cache(new KvLayout(1, 1, 256, 128), 1);
    for (Object pair : pairs) {
      float[] x = floats(((List<?>) pair).getFirst());
      int expected = Integer.parseInt((String) ((List<?>) pair).getLast(), 16);
      cache.storeKey(0, 0, x, 0);
      cache.storeValue(0, 0, x, 0);
      assertEquals(expected, cache.rows().get(KvCache.HALF, 0) & 0xffff, "key " + x[0]);
      assertEquals(expected, cache.rows().get(KvCache.HALF, 128) & 0xffff, "value " + x[0]);
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void rmsNorm_goldenVectors_areEqual(Kernels kernels) {
    for (Map<?, ?> c : cases("rmsnorm")) {
      float[] x = floats(c.get("x"));
      float[] actual = new float[x.length];
      float eps = floats(c.get("eps"))[0];
      kernels.rmsNorm(x, 0, floats(c.get("w")), x.length, eps, actual, 0);
      assertBits(floats(c.get("y")), actual, "n = " + x.length);
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void quantize_goldenBlocks_areEqual(Kernels kernels) {
    for (Map<?, ?> c : cases("quantize")) {
      int block = (Integer) c.get("block");
      Activations x = new Activations(1, block);
      x.bind(floats(c.get("x")), 0, block, block, 1);
      QuantizedVectors actual = x.quantized(block);
      actual.need(ActivationForm.PAIRS);
      kernels.quantize(x);
      assertBits(floats(c.get("d")), new float[] {actual.scale[0]}, "scale");
      byte[] q = new byte[block];
      for (int i = 0; i < block; i++) {
        q[i] = actual.number(i);
      }
      assertArrayEquals(HexFormat.of().parseHex((String) c.get("q")), q);
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void row_goldenWeights_multiplyAndDequantize(Kernels kernels) {
    List<Map<?, ?>> cases = cases("row");
    assertEquals(GgmlType.values().length, cases.size());
    for (Map<?, ?> c : cases) {
      GgmlType type = GgmlType.valueOf((String) c.get("format"));
      int n = (Integer) c.get("n");
      byte[] weights = HexFormat.of().parseHex((String) c.get("weights"));
      MemorySegment data = MemorySegment.ofArray(weights);
      float[] dequantized = new float[n];
      kernels.dequantize(type, data, 0, n, dequantized, 0);
      assertBits(floats(c.get("dequantized")), dequantized, type + " dequantized");
      WeightMatrix matrix =
          kernels.matrix(new FileMatrix(type, repeated(weights), ROWS, n), Arena.ofAuto());
      for (int vectors : VECTORS) {
        Activations x = new Activations(vectors, n);
        x.bind(floats(c.get("x")), 0, 0, n, vectors); // the same vector again and again
        matrix.prepare(x);
        kernels.quantize(x);
        float[] dots = new float[vectors * ROWS];
        matrix.multiply(x, 0, ROWS, dots, 0, ROWS);
        for (float dot : dots) {
          assertBits(floats(c.get("dot")), new float[] {dot}, type + " dot");
        }
      }
    }
  }

  private static MemorySegment repeated(byte[] row) {
    byte[] rows = new byte[ROWS * row.length];
    for (int at = 0; at < rows.length; at += row.length) {
      System.arraycopy(row, 0, rows, at, row.length);
    }
    return MemorySegment.ofArray(rows);
  }
}
