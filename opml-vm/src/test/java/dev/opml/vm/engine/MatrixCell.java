package dev.opml.vm.engine;

import dev.opml.api.TokenIds;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.kernel.KernelBattery;
import dev.opml.vm.kernel.Kernels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What each cell of the determinism matrix computes: all operators on odd data, and whole
 * inferences. As a program it prints the name of the fastest kernels, then a line for each digest.
 */
final class MatrixCell {
  /** How much runs. */
  enum Size {
    /** All formats; the first pass is cold, the last one compiled. */
    WHOLE(Images.PROMPT, 8, 3),
    /** The bundled formats. */
    BUNDLED(Images.PROMPT, 8, 3),
    /** One position of a real model: for emulated vectors. */
    SHORT(TokenIds.of(1), 1, 1),
    /**
     * Untrained models only: interpreted vectors take ten seconds for a position of a real one, and
     * forty for the battery. The operators then are those of the kernels' self test.
     */
    TINY(TokenIds.of(1), 1, 1);

    private final InferenceBattery real;
    private final int passes;

    Size(TokenIds prompt, int newTokens, int passes) {
      real = new InferenceBattery(prompt, newTokens);
      this.passes = passes;
    }
  }

  /** What the names of models begin with that nobody has trained, and that are tiny. */
  static final String UNTRAINED = "random-";

  private static final long SEED = 7;
  private static final InferenceBattery ANY = new InferenceBattery(TokenIds.of(1, 7), 2);
  private static final int[] BATCHES = {5, 2, 1};

  private MatrixCell() {}

  /**
   * Digests by the name of their case. Each pass has other threads and batches.
   *
   * @throws AssertionError if passes differ
   */
  static Map<String, String> run(Kernels kernels, Size size, List<Path> models) {
    Map<String, String> first = pass(kernels, size, models, 0);
    for (int pass = 1; pass < size.passes; pass++) {
      Map<String, String> digests = pass(kernels, size, models, pass);
      if (!digests.equals(first)) {
        throw new AssertionError("pass 0: %s, pass %d: %s".formatted(first, pass, digests));
      }
    }
    return first;
  }

  private static Map<String, String> pass(
      Kernels kernels, Size size, List<Path> models, int number) {
    Map<String, String> digests = new LinkedHashMap<>();
    if (size != Size.TINY) {
      digests.put("operators", KernelBattery.digest(KernelBattery.run(kernels, SEED)));
    }
    for (Path model : models) {
      String name = model.getFileName().toString();
      InferenceBattery inference = name.startsWith(UNTRAINED) ? ANY : size.real;
      try (GgufFile file = GgufFile.open(model);
          NativeEngine engine = Images.engine(file, kernels, number + 1)) {
        digests.put(name, inference.digest(engine, BATCHES[number]));
      }
    }
    return digests;
  }

  /** Arguments: a size, then model files. */
  public static void main(String[] args) {
    System.out.println(Kernels.fastest().name());
    List<Path> models = Arrays.stream(args).skip(1).map(Path::of).toList();
    run(Kernels.fastest(), Size.valueOf(args[0]), models)
        .forEach((name, digest) -> System.out.println(name + " " + digest));
  }
}
