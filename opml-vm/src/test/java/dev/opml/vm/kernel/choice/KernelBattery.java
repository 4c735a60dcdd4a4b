package dev.opml.vm.kernel.choice;

import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.FileMatrix;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.attention.KvCache;
import dev.opml.vm.kernel.attention.KvLayout;
import dev.opml.vm.kernel.attention.QueryBlock;
import dev.opml.vm.kernel.attention.Scoring;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Every operation of some kernels on seeded data: odd sizes, NaN, infinities, subnormals, huge and
 * tiny numbers.
 */
public final class KernelBattery {
  private static final float[] SPECIAL = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    -0f,
    Float.MIN_VALUE,
    0x1p-120f,
    Float.MAX_VALUE,
    3e38f,
    -1e30f,
    65520,
    1e5f,
    -88.5f,
    88.5f
  };

  private final Kernels kernels;
  private final Random random;
  private final Map<String, float[]> results = new LinkedHashMap<>();

  private KernelBattery(Kernels kernels, long seed) {
    this.kernels = kernels;
    random = new Random(seed);
  }

  /** Results by the name of their case. */
  public static Map<String, float[]> run(Kernels kernels, long seed) {
    KernelBattery battery = new KernelBattery(kernels, seed);
    for (boolean wild : new boolean[] {false, true}) {
      battery.products(wild);
      battery.vectors(wild);
      battery.attention(wild);
    }
    return battery.results;
  }

  /** Digest of all results. */
  public static String digest(Map<String, float[]> results) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      results.forEach((name, values) -> {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
        bytes.asFloatBuffer().put(values);
        digest.update(bytes.array());
      });
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private void products(boolean wild) {
    for (GgmlType type : GgmlType.values()) {
      int unit = type.blockSize();
      for (int rows : new int[] {1, 31, 64, 130}) {
        product(type, rows, unit == 1 ? 33 : unit, wild);
        product(type, rows, unit == 1 ? 7 : 3 * unit, wild);
      }
    }
  }

  private void product(GgmlType type, int rows, int columns, boolean wild) {
    MemorySegment data = MemorySegment.ofArray(weights(random, type, rows, columns, wild));
    WeightMatrix matrix = kernels.matrix(new FileMatrix(type, data, rows, columns), Arena.ofAuto());
    for (int vectors : new int[] {1, 3, 13}) {
      product(matrix, rows, columns, vectors, type + " wild " + wild, wild);
    }
    float[] row = new float[columns];
    kernels.dequantize(type, data, rows - 1, columns, row, 0);
    results.put(type + " row " + rows + "x" + columns + " wild " + wild, row);
  }

  private void product(
      WeightMatrix matrix, int rows, int columns, int vectors, String name, boolean wild) {
    Activations x = new Activations(vectors, columns);
    x.bind(floats(1 + vectors * (columns + 2), wild), 1, columns + 2, columns, vectors);
    matrix.prepare(x);
    kernels.quantize(x);
    float[] out = new float[3 + vectors * (rows + 5)];
    int cut = Math.min(rows, 40);
    matrix.multiply(x, 0, cut, out, 3, rows + 5);
    matrix.multiply(x, cut, rows, out, 3, rows + 5);
    kernels.canonicalize(out, 0, out.length);
    results.put(name + " " + rows + "x" + columns + " times " + vectors, out);
  }

  /** Random bytes; tame ones have scales that are finite and not large. */
  public static byte[] weights(Random random, GgmlType type, int rows, int columns, boolean wild) {
    byte[] bytes = new byte[(int) type.bytes((long) rows * columns)];
    random.nextBytes(bytes);
    if (wild && random.nextBoolean()) {
      return bytes;
    }
    KernelProbe.makeFinite(type, bytes);
    return bytes;
  }

  private void vectors(boolean wild) {
    for (int n : new int[] {1, 15, 16, 17, 64, 101}) {
      float[] x = floats(n + 3, wild);
      float[] y = floats(n + 2, wild);
      float[] norm = new float[n];
      kernels.rmsNorm(x, 3, y, n, 1e-5f, norm, 0);
      results.put("norm " + n + " wild " + wild, norm);
      float[] sum = new float[n + 1];
      kernels.add(x, 1, y, 2, sum, 1, n);
      results.put("add " + n + " wild " + wild, sum);
      curve("silu", x, n, wild, result -> kernels.silu(result, 1, n));
      curve("gelu", x, n, wild, result -> kernels.gelu(result, 1, n));
      curve("soft cap", x, n, wild, result -> kernels.softCap(result, 1, n, 0.7f));
    }
  }

  private void curve(String name, float[] x, int n, boolean wild, Consumer<float[]> function) {
    float[] result = x.clone();
    function.accept(result);
    kernels.canonicalize(result, 0, result.length);
    results.put(name + " " + n + " wild " + wild, result);
  }

  private void attention(boolean wild) {
    for (int headDim : new int[] {8, 32, 40, 64}) {
      for (int positions : new int[] {1, 31, 32, 33, 70}) {
        int stride = 4 * 2 * headDim;
        KvCache cache = kernels.cache(new KvLayout(2, headDim, stride, stride / 2), positions + 1);
        for (int p = 0; p <= positions; p++) {
          for (int head = 0; head < 2; head++) {
            float[] kv = floats(2 * headDim, wild && random.nextInt(40) == 0);
            cache.storeKey(p, head, kv, 0);
            cache.storeValue(p, head, kv, headDim);
          }
        }
        for (int queries = 1; queries <= Math.min(positions, QueryBlock.MOST); queries++) {
          int step = random.nextInt(2);
          float[] query = floats(queries * headDim + 1, wild && random.nextInt(3) == 0);
          float[] out = new float[queries * (headDim + 1) + 2];
          int first = positions - (queries - 1) * step;
          Scoring scoring =
              new Scoring(
                  0.3f,
                  random.nextBoolean() ? 0 : 0.7f,
                  random.nextBoolean() ? 0 : 1 + random.nextInt(positions + 2));
          kernels.attend(
              cache,
              1,
              new QueryBlock(queries, first, step, query, 1, headDim, out, 2, headDim + 1),
              scoring,
              new float[QueryBlock.MOST * 128]);
          results.put(
              "attention of %d, %d over %d wild %b, %s"
                  .formatted(queries, headDim, positions, wild, scoring),
              out);
        }
      }
    }
  }

  private float[] floats(int n, boolean wild) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] =
          wild && random.nextInt(12) == 0
              ? SPECIAL[random.nextInt(SPECIAL.length)]
              : (float) random.nextGaussian();
    }
    return values;
  }
}
