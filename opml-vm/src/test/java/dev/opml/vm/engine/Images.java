package dev.opml.vm.engine;

import dev.opml.api.image.GraphMode;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.graph.GraphRegion;
import dev.opml.vm.kernel.Kernels;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/** Engines over model files. */
final class Images {
  private Images() {}

  static GraphRegion graph(GgufFile file, int contextLimit) {
    return GraphRegion.build(file, contextLimit, GraphMode.ROW_PER_NODE, Arena.ofAuto());
  }

  static NativeEngine engine(GgufFile file, Kernels kernels, int threads) {
    GraphRegion graph = graph(file, 0);
    return new NativeEngine(
        graph.header(), graph.rows(), graph.bytes(), file.bytes(), kernels, threads);
  }

  static GgufFile open(Path path) {
    return GgufFile.open(path);
  }
}
