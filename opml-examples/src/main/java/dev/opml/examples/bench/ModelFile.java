package dev.opml.examples.bench;

import dev.opml.vm.gguf.GgufFile;
import java.nio.file.Path;

/**
 * What a model file says about itself.
 *
 * @param name {@code general.name}, or else the name of the file
 * @param bytes size of all tensors in bytes, which is what generating a token reads
 * @param parameters elements of all tensors
 */
public record ModelFile(String name, long bytes, long parameters) {
  /**
   * Reads a file.
   *
   * @throws dev.opml.api.OpmlException if it is refused
   */
  public static ModelFile of(Path path) {
    try (GgufFile file = GgufFile.open(path)) {
      return new ModelFile(
          file.metadata().optionalString("general.name").orElse(path.getFileName().toString()),
          file.tensors().stream().mapToLong(tensor -> tensor.byteSize()).sum(),
          file.tensors().stream().mapToLong(tensor -> tensor.columns() * tensor.rows()).sum());
    }
  }
}
