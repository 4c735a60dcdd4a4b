package dev.opml.vm.engine;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.vm.architecture.Architectures;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.graph.GraphRegion;
import dev.opml.vm.image.ProgramImage;
import dev.opml.vm.kernel.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Engines and inputs for tests. */
public final class Images {
  /** "Once upon a time" for the bundled models. */
  static final TokenIds PROMPT = TokenIds.of(1, 412, 432, 261, 384);

  private Images() {}

  /** An engine with the context limit that a program image has by default. */
  static NativeEngine engine(GgufFile file, Kernels kernels, int threads) {
    return engine(file, graph(file, 0), kernels, threads, TokenIds.EMPTY);
  }

  /** An engine of a program image. */
  public static NativeEngine engine(
      GgufFile file, ProgramImage image, Kernels kernels, int threads) {
    return new NativeEngine(
        image.graph().header(),
        image.graph().rows(),
        image.graph().bytes(),
        file.bytes(),
        kernels,
        threads);
  }

  static GraphRegion graph(GgufFile file, int contextLimit) {
    return GraphRegion.build(
        Architectures.modelOf(file), contextLimit, GraphMode.ROW_PER_NODE, Arena.ofAuto());
  }

  /** An engine whose header has other stop tokens than the file says. */
  static NativeEngine engine(
      GgufFile file, GraphRegion graph, Kernels kernels, int threads, TokenIds stopTokens) {
    GraphHeader header = graph.header();
    return new NativeEngine(
        new GraphHeader(
            header.mode(),
            header.nodesPerToken(),
            header.vocabularySize(),
            header.contextLimit(),
            stopTokens),
        graph.rows(),
        graph.bytes(),
        file.bytes(),
        kernels,
        threads);
  }

  /** The bytes of an input region, any values. */
  static MemorySegment region(
      int promptLength,
      int maxNewTokens,
      int stopPolicy,
      float temperature,
      int topK,
      float topP,
      float minP,
      long seed,
      int... prompt) {
    MemorySegment region =
        MemorySegment.ofArray(new byte[128 + (4 * prompt.length + 127) / 128 * 128]);
    int[] words = {2, promptLength, maxNewTokens, stopPolicy};
    for (int i = 0; i < words.length; i++) {
      region.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, words[i]);
    }
    region.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 16, temperature);
    region.set(ValueLayout.JAVA_INT_UNALIGNED, 20, topK);
    region.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 24, topP);
    region.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 28, minP);
    region.set(ValueLayout.JAVA_LONG_UNALIGNED, 32, seed);
    for (int i = 0; i < prompt.length; i++) {
      region.set(ValueLayout.JAVA_INT_UNALIGNED, 128 + 4L * i, prompt[i]);
    }
    return region;
  }
}
