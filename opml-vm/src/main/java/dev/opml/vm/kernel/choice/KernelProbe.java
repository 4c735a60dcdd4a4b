package dev.opml.vm.kernel.choice;

import dev.opml.vm.gguf.BlockFloat;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Every operator, and products of every format, on a little data that rounding, subnormals and NaNs
 * make hard: as little as fills the widest vectors and leaves a rest, because the first vector
 * operations of a JVM take microseconds each.
 */
final class KernelProbe {
  /** Elements of vectors: whole vectors of 16 lanes, and a rest. */
  private static final int ELEMENTS = 35;

  /** Rows of matrices: enough to get a vector kernel. */
  private static final int ROWS = 64;

  /**
   * Vectors of a product: a batch that four do not divide, then one, which other kernels multiply.
   */
  private static final int[] VECTORS = {5, 1};

  private static final int DENSE_COLUMNS = 8;
  private static final int POSITIONS = 3;
  private static final int HEAD = 32;

  private static final float[] SPECIAL = {
    Float.MIN_VALUE,
    -0x1.8p-130f,
    0x1p-100f,
    Float.NaN,
    Float.intBitsToFloat(0xffc12345),
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    -0f,
    100,
    -100,
    3e38f
  };

  private final Kernels kernels;
  private final Map<String, float[]> results = new LinkedHashMap<>();
  private int state = 1;

  private KernelProbe(Kernels kernels) {
    this.kernels = kernels;
  }

  /** Results of all probes by name, the same for all kernels. */
  static Map<String, float[]> run(Kernels kernels) {
    KernelProbe probe = new KernelProbe(kernels);
    probe.elementwise();
    try (Arena arena = Arena.ofConfined()) {
      for (GgmlType type : GgmlType.values()) {
        probe.product(type, arena);
      }
    }
    probe.attention();
    return probe.results;
  }

  private float[] result(String name, int length) {
    float[] result = new float[length];
    results.put(name, result);
    return result;
  }

  private float[] result(String name, float[] values) {
    float[] result = result(name, values.length);
    System.arraycopy(values, 0, result, 0, values.length);
    return result;
  }

  /** A function in place. Its NaNs may be any. */
  private void curve(String name, float[] x, Consumer<float[]> function) {
    float[] result = result(name, x);
    function.accept(result);
    kernels.canonicalize(result, 0, result.length);
  }

  private void elementwise() {
    float[] x = floats(ELEMENTS, true);
    float[] y = floats(ELEMENTS, true);
    kernels.add(x, 0, y, 0, result("a sum", ELEMENTS), 0, ELEMENTS);
    kernels.canonicalize(result("a canonical NaN", x), 0, ELEMENTS);
    curve("SiLU", x, result -> kernels.silu(result, 0, ELEMENTS));
    curve("GELU", x, result -> kernels.gelu(result, 0, ELEMENTS));
    curve("a soft cap", x, result -> kernels.softCap(result, 0, ELEMENTS, 3));
    float[] ordinary = floats(ELEMENTS, false);
    kernels.rmsNorm(ordinary, 0, y, ELEMENTS, 1e-5f, result("a norm", ELEMENTS), 0);
  }

  private void product(GgmlType type, Arena arena) {
    int columns = Math.max(type.blockSize(), DENSE_COLUMNS);
    MemorySegment weights = MemorySegment.ofArray(weights(type, columns));
    kernels.dequantize(type, weights, 1, columns, result("a " + type + " row", columns), 0);
    FileMatrix file = new FileMatrix(type, weights, ROWS, columns);
    WeightMatrix matrix = kernels.matrix(file, arena);
    Activations x = new Activations(VECTORS[0], columns);
    float[] vector = floats(columns, false);
    float[] out = result("a " + type + " product", IntStream.of(VECTORS).sum() * ROWS);
    int offset = 0;
    for (int vectors : VECTORS) {
      x.bind(vector, 0, 0, columns, vectors); // the same vector again and again
      x.multiplyAsBatch(vectors == VECTORS[0]);
      matrix.prepare(x);
      kernels.quantize(x);
      matrix.multiply(x, 0, ROWS, out, offset, ROWS);
      offset += vectors * ROWS;
    }
  }

  /** Random bytes, but finite scales: kernels leave others to the scalar reference. */
  private byte[] weights(GgmlType type, int columns) {
    byte[] bytes = new byte[(int) type.bytes((long) ROWS * columns)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (next() >> 24);
    }
    makeFinite(type, bytes);
    return bytes;
  }

  /** Takes the uppermost bit of its exponent from every float in some blocks. */
  static void makeFinite(GgmlType type, byte[] blocks) {
    for (int block = 0; block < blocks.length; block += type.blockBytes()) {
      for (BlockFloat number : type.floats()) {
        blocks[block + number.upperByte()] &= (byte) 0xbf;
      }
    }
  }

  private void attention() {
    KvCache cache = kernels.cache(new KvLayout(1, HEAD, 4 * HEAD, 2 * HEAD), POSITIONS);
    for (int position = 0; position < POSITIONS; position++) {
      float[] kv = floats(2 * HEAD, false);
      kv[position] = 0x1p-20f; // subnormal as binary16
      cache.storeKey(position, 0, kv, 0);
      cache.storeValue(position, 0, kv, HEAD);
    }
    int queries = QueryBlock.MOST;
    float[] query = floats(queries * HEAD, false);
    attention("attention", cache, query, new Scoring(0.3f, 0, 0));
    attention("attention with a window and a cap", cache, query, new Scoring(0.3f, 0.5f, 2));
  }

  private void attention(String name, KvCache cache, float[] query, Scoring scoring) {
    int queries = QueryBlock.MOST;
    float[] out = result(name, query.length);
    QueryBlock block = new QueryBlock(queries, POSITIONS, 0, query, 0, HEAD, out, 0, HEAD);
    kernels.attend(cache, 0, block, scoring, new float[queries * 64]);
  }

  private float[] floats(int n, boolean special) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      int bits = next();
      boolean odd = special && (bits & 3) == 0;
      values[i] = odd ? SPECIAL[i % SPECIAL.length] : (bits >> 8) * 0x1p-23f;
    }
    return values;
  }

  /** The next 32 bits of a xorshift generator. */
  private int next() {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  }
}
