package dev.opml.vm.architecture;

import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.graph.Model;
import java.util.List;
import java.util.stream.Collectors;

/** The architectures of model files that graphs are built of. */
public final class Architectures {
  private static final List<Architecture> ALL =
      List.of(
          new Llama(),
          new Qwen2(),
          new Qwen3(),
          new SmolLm3(),
          new Granite(),
          new Gemma2(),
          new Gemma3(),
          new Phi3(),
          new FullyConnected());

  private Architectures() {}

  /** Their names in GGUF files, separated by commas, for people. */
  public static String names() {
    return ALL.stream().map(Architecture::name).collect(Collectors.joining(", "));
  }

  /**
   * Reads the model of a file.
   *
   * @param file a file opened with {@link GgufFile#open}; it must stay open while the model's
   *     weights are used
   * @throws UnsupportedModelException if the architecture is none of those here, its numbers do not
   *     fit together, or the file has a tensor or metadata of the architecture that is not
   *     understood
   * @throws dev.opml.api.OpmlException if a key or tensor is missing or has another type
   */
  public static Model modelOf(GgufFile file) {
    String name = file.metadata().requireString("general.architecture");
    for (Architecture architecture : ALL) {
      if (architecture.name().equals(name)) {
        SourceFile source = new SourceFile(file, name);
        Model model = architecture.read(source);
        source.requireAllUnderstood();
        return model;
      }
    }
    throw new UnsupportedModelException("architecture " + name + "; supported: " + names());
  }
}
