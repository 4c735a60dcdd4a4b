package dev.opml.vm.engine;

import dev.opml.api.TokenIds;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.choice.KernelBattery;
import dev.opml.vm.kernel.choice.KernelChoice;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What each cell of the determinism matrix computes: all operators on odd data, and whole
 * inferences. As a program it prints the name of the fastest kernels, then a line for each digest.
 */
final class MatrixCell {
  /** How much runs. */
  enum Size {
    /** All formats; the first pass is cold, the last one compiled. */
    WHOLE(3, true, List.of(STORY, LONG)),
    /** The bundled formats. */
    BUNDLED(3, true, List.of(STORY, LONG)),
    /** One position of a real model: for emulated vectors, and for what is not pinned. */
    SHORT(1, true, List.of(ONE)),
    /**
     * Untrained models only: interpreted vectors take ten seconds for a position of a real one, and
     * forty for the battery. The operators then are those of the kernels' self test.
     */
    TINY(1, false, List.of());

    private final int passes;
    private final boolean allLong;
    private final List<InferenceBattery> trained;

    Size(int passes, boolean allLong, List<InferenceBattery> trained) {
      this.passes = passes;
      this.allLong = allLong;
      this.trained = trained;
    }

    private List<InferenceBattery> of(String model) {
      if (!model.startsWith(UNTRAINED)) {
        return trained;
      }
      if (model.startsWith(FASTEST)) {
        return this == TINY ? List.of(PAIR, LONG) : List.of(PAIR, LONG, FULL);
      }
      return allLong ? List.of(PAIR, LONG) : List.of(PAIR);
    }

    /** Names of the cases of a model, in the order in which they run. */
    List<String> names(Path model) {
      String name = model.getFileName().toString();
      return of(name).stream().map(inference -> caseName(name, inference)).toList();
    }
  }

  /** What the names of models begin with that nobody has trained, and that are tiny. */
  static final String UNTRAINED = "random-";

  /** A model with ordinary weights that runs a long prompt in seconds even when interpreted. */
  private static final String FASTEST = UNTRAINED + 3;

  private static final long SEED = 7;
  private static final int[] BATCHES = {5, 2, 1};
  private static final InferenceBattery ONE = new InferenceBattery(TokenIds.of(1), 1);
  private static final InferenceBattery PAIR = new InferenceBattery(TokenIds.of(1, 7), 2, BATCHES);
  private static final InferenceBattery STORY = new InferenceBattery(Images.PROMPT, 8, BATCHES);

  /**
   * More positions than two tiles of a KV cache. Positions that share a tile are stored by all
   * threads, and batches end inside tiles.
   */
  private static final InferenceBattery LONG = new InferenceBattery(anyTokens(70), 4, 48, 33, 17);

  /** As many positions together as can be, and a few more; other batches leave out most sizes. */
  private static final InferenceBattery FULL =
      new InferenceBattery(anyTokens(Session.MAX_BATCH + 6), 1, 100, Session.MAX_BATCH - 1, 131);

  private MatrixCell() {}

  private static TokenIds anyTokens(int count) {
    return TokenIds.of(new Random(SEED).ints(count, 0, 512).toArray());
  }

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
      try (GgufFile file = GgufFile.open(model);
          NativeEngine engine = Images.engine(file, kernels, number + 1)) {
        for (InferenceBattery inference : size.of(name)) {
          digests.put(caseName(name, inference), inference.digest(engine, number));
        }
      }
    }
    return digests;
  }

  private static String caseName(String model, InferenceBattery inference) {
    return model + " " + inference.promptLength() + " tokens";
  }

  /** Arguments: a size, then model files. */
  public static void main(String[] args) {
    System.out.println(KernelChoice.fastest().name());
    List<Path> models = Arrays.stream(args).skip(1).map(Path::of).toList();
    run(KernelChoice.fastest(), Size.valueOf(args[0]), models)
        .forEach((name, digest) -> System.out.println(name + " " + digest));
  }
}
