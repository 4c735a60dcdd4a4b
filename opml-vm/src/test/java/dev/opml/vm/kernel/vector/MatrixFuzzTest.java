package dev.opml.vm.kernel.vector;

import static org.junit.jupiter.api.Assertions.fail;

import dev.opml.vm.gguf.BlockFloat;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.kernel.FileMatrix;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import dev.opml.vm.kernel.activation.Activations;
import dev.opml.vm.kernel.choice.KernelChoice;
import dev.opml.vm.kernel.scalar.ScalarKernels;
import dev.opml.vm.kernel.scalar.ScalarMatrix;
import dev.opml.vm.kernel.tile.TileLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Vector kernels against the reference: extreme scales, weights and activations, any rows and
 * vectors in any parts, activations that several matrices share and that are bound again, spoilt
 * scratch.
 */
class MatrixFuzzTest {
  private static final int ROWS = TileLayout.ROWS;
  private static final Kernels FASTEST = KernelChoice.fastest();

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void multiply_hostileData_equalsTheReference(long seed) {
    Random random = new Random(seed);
    boolean dense = random.nextInt(4) == 0;
    int longest = dense ? 1 + random.nextInt(100) : 256 * (1 + random.nextInt(2));
    int small = dense ? longest : 32 * (1 + random.nextInt(longest / 32));
    int capacity = random.nextInt(8) == 0 ? 120 + random.nextInt(20) : 1 + random.nextInt(20);
    Activations shared = new Activations(capacity, longest);
    try (Arena arena = Arena.ofShared()) {
      for (int bind = 0; bind < 4; bind++) {
        int columns = random.nextBoolean() ? longest : small;
        int vectors = random.nextInt(3) == 0 ? capacity : 1 + random.nextInt(capacity);
        int offset = random.nextInt(3);
        int stride = columns + random.nextInt(4);
        float[] values = values(random, offset + vectors * stride);
        List<GgmlType> types = new ArrayList<>();
        List<FileMatrix> files = new ArrayList<>();
        List<WeightMatrix> actual = new ArrayList<>();
        List<WeightMatrix> wanted = new ArrayList<>();
        for (int m = 0; m < 1 + random.nextInt(4); m++) {
          GgmlType type;
          do {
            type = GgmlType.values()[random.nextInt(GgmlType.values().length)];
          } while (columns % type.blockSize() != 0);
          int most = vectors > 60 ? 2 * ROWS : 9 * ROWS;
          int rows =
              random.nextInt(4) == 0
                  ? ROWS * (1 + random.nextInt(most / ROWS))
                  : 1 + random.nextInt(most);
          FileMatrix file =
              new FileMatrix(
                  type, MemorySegment.ofArray(weights(random, type, rows, columns)), rows, columns);
          types.add(type);
          files.add(file);
          actual.add(FASTEST.matrix(file, arena));
          wanted.add(new ScalarMatrix(file));
        }
        shared.bind(values, offset, stride, columns, vectors);
        actual.forEach(matrix -> matrix.prepare(shared));
        FASTEST.quantize(shared);
        Activations own = new Activations(vectors, columns);
        own.bind(values, offset, stride, columns, vectors);
        wanted.forEach(matrix -> matrix.prepare(own));
        ScalarKernels.INSTANCE.quantize(own);
        for (int m = 0; m < files.size(); m++) {
          int rows = files.get(m).rows();
          int room = rows + random.nextInt(3);
          float[] expected = new float[2 + vectors * room];
          Arrays.fill(expected, 77);
          float[] out = expected.clone();
          wanted.get(m).multiply(own, 0, rows, expected, 1, room);
          ScalarKernels.INSTANCE.canonicalize(expected, 0, expected.length);
          for (int way = 0; way < 4; way++) {
            int[] cuts = random.ints(random.nextInt(5), 0, rows + 1).sorted().toArray();
            int[] ends =
                IntStream.concat(
                        IntStream.concat(IntStream.of(0), Arrays.stream(cuts)), IntStream.of(rows))
                    .toArray();
            Arrays.fill(out, 77);
            WeightMatrix matrix = actual.get(m);
            IntStream parts = IntStream.range(0, ends.length - 1);
            (way == 3 ? parts.parallel() : parts)
                .forEach(i -> {
                  dirty(ends[i]);
                  matrix.multiply(shared, ends[i], ends[i + 1], out, 1, room);
                });
            FASTEST.canonicalize(out, 0, out.length);
            for (int i = 0; i < out.length; i++) {
              if (Float.floatToRawIntBits(out[i]) != Float.floatToRawIntBits(expected[i])) {
                fail(
                    "seed "
                        + seed
                        + " bind "
                        + bind
                        + " "
                        + types
                        + " matrix "
                        + m
                        + " "
                        + rows
                        + "x"
                        + columns
                        + " vectors "
                        + vectors
                        + " of "
                        + capacity
                        + " ends "
                        + Arrays.toString(ends)
                        + " index "
                        + i
                        + " room "
                        + room
                        + ": "
                        + out[i]
                        + " not "
                        + expected[i]);
              }
            }
          }
        }
      }
    }
  }

  private static void dirty(int seed) {
    TileScratch scratch = TileScratch.ofThread();
    int bits = 0x7fc00000 + seed;
    Arrays.fill(scratch.sums, Float.NaN);
    Arrays.fill(scratch.floats, Float.NEGATIVE_INFINITY);
    Arrays.fill(scratch.scales, Float.NaN);
    Arrays.fill(scratch.minimums, Float.NaN);
    Arrays.fill(scratch.subMinimums, Float.NaN);
    for (int[] some :
        new int[][] {scratch.integers, scratch.words, scratch.packed, scratch.subScales}) {
      Arrays.fill(some, bits);
    }
  }

  private static float[] values(Random random, int n) {
    int mode = random.nextInt(7);
    float[] x = new float[n];
    float unit = new float[] {1, 0x1p-126f, 0x1p-99f, 0x1p100f, 1e-30f}[random.nextInt(5)];
    for (int i = 0; i < n; i++) {
      x[i] =
          switch (mode) {
            case 0 -> random.nextBoolean() ? 127 : -127;
            case 1 -> 127;
            case 2 -> -127;
            case 3 -> (float) random.nextGaussian() * unit;
            case 4 ->
                random.nextInt(40) == 0
                    ? new float[] {
                          Float.NaN,
                          Float.POSITIVE_INFINITY,
                          Float.NEGATIVE_INFINITY,
                          -0f,
                          Float.MIN_VALUE,
                          Float.MAX_VALUE,
                          -3e38f
                        }
                        [random.nextInt(7)]
                    : (float) random.nextGaussian();
            case 5 -> random.nextInt(255) - 127;
            default -> (float) random.nextGaussian();
          };
    }
    return x;
  }

  private static byte[] weights(Random random, GgmlType type, int rows, int columns) {
    byte[] bytes = new byte[(int) type.bytes((long) rows * columns)];
    int fill = random.nextInt(5);
    if (fill < 2) {
      random.nextBytes(bytes);
    } else {
      Arrays.fill(bytes, new byte[] {0, -128, -1}[fill - 2]);
      if (fill == 3 && type == GgmlType.Q8_0 && random.nextBoolean()) {
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) (random.nextBoolean() ? -128 : 127);
        }
      }
    }
    int mode = random.nextInt(6);
    for (int b = 0; b < bytes.length; b += type.blockBytes()) {
      for (BlockFloat number : type.floats()) {
        int bits =
            switch (mode) {
              case 0 -> random.nextInt(0x400) | random.nextInt(2) << 15;
              case 1 ->
                  new int[] {0, 0x8000, 1, 0x8001, 0x3ff, 0x400, 0x8400, 0x7bff, 0xfbff}
                      [random.nextInt(9)];
              case 2 -> 0x7bff | random.nextInt(2) << 15;
              case 3 ->
                  random.nextInt(2000) == 0
                      ? 0x7c00 | random.nextInt(1024)
                      : random.nextInt(0x7c00);
              default -> (random.nextInt(0x7c00)) | random.nextInt(2) << 15;
            };
        bytes[b + number.upperByte() - 1] = (byte) bits;
        bytes[b + number.upperByte()] = (byte) (bits >> 8);
      }
    }
    return bytes;
  }
}
