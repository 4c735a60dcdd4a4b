package dev.opml.vm.testing;

import dev.opml.vm.gguf.GgmlType;
import java.util.Random;

/**
 * Fully connected networks that nobody has trained: random shapes, every matrix in a format of its
 * own, weights anything from ordinary to infinities. Equal seeds give equal networks.
 */
public final class RandomNetwork {
  /**
   * A file.
   *
   * @param gguf its bytes
   * @param inputs bytes that the network reads
   * @param outputs indexes that it can answer
   */
  public record Network(GgufWriter gguf, int inputs, int outputs) {}

  private RandomNetwork() {}

  /** The network of a seed. */
  public static Network of(long seed) {
    Random random = new Random(seed);
    RandomWeights weights = new RandomWeights(random, seed % 2 == 0);
    GgufWriter file = new GgufWriter();
    int layers = 1 + random.nextInt(4);
    int columns = width(random);
    int inputs = 1 + random.nextInt(columns);
    file.text("general.architecture", "mnist-fc").uint32("mnist-fc.input_length", inputs);
    int rows = columns;
    for (int layer = 1; layer <= layers; layer++) {
      rows = layer == layers ? 1 + random.nextInt(20) : width(random);
      GgmlType type = weights.type(columns);
      byte[] matrix = weights.of(type, (long) columns * rows);
      file.tensor("fc" + layer + ".weight", type.id(), matrix, columns, rows);
      if (random.nextInt(4) != 0) {
        byte[] bias = weights.of(GgmlType.F32, rows);
        file.tensor("fc" + layer + ".bias", GgmlType.F32.id(), bias, rows);
      }
      columns = rows;
    }
    return new Network(file.uint32("mnist-fc.output_length", rows), inputs, rows);
  }

  private static int width(Random random) {
    return switch (random.nextInt(4)) {
      case 0, 1 -> 1 + random.nextInt(200);
      case 2 -> 256;
      default -> 32 * (1 + random.nextInt(6));
    };
  }
}
