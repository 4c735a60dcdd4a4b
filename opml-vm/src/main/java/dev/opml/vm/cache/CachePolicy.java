package dev.opml.vm.cache;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * Where files are kept that spare work when a model is opened again: the hashes of its tree, a 64th
 * of its size ({@link ModelTreeCache}), and its weights as the kernels read them, about as large as
 * the model ({@link PackedWeightFiles}). Models and weights below 16 MiB have none.
 *
 * <p>Whoever can write such a file can choose what is computed; see the two classes. A file that
 * cannot be read or written, for want of permission or of space, costs time and fails no call.
 */
public sealed interface CachePolicy {
  /** Nothing is written and nothing that was written is read. */
  static CachePolicy off() {
    return new Off();
  }

  /** Files lie beside the model, and have its name and a suffix. */
  static CachePolicy besideModel() {
    return new BesideModel();
  }

  /**
   * Files lie in a folder, which is created when it is needed. Models of one name in several
   * folders have files of their own.
   */
  static CachePolicy in(Path directory) {
    return new Directory(directory);
  }

  /** The policy of {@link #off}. */
  record Off() implements CachePolicy {}

  /** The policy of {@link #besideModel}. */
  record BesideModel() implements CachePolicy {}

  /**
   * The policy of {@link #in}.
   *
   * @param path the folder
   */
  record Directory(Path path) implements CachePolicy {}

  /** Whether files are kept. */
  default boolean keeps() {
    return !(this instanceof Off);
  }

  /** The file with a suffix for a model, if files are kept. */
  default Optional<Path> file(Path model, String suffix) {
    String name = String.valueOf(model.getFileName());
    return switch (this) {
      case Off() -> Optional.empty();
      case BesideModel() -> Optional.of(model.resolveSibling(name + suffix));
      case Directory(Path directory) -> {
        String path = model.toAbsolutePath().normalize().toString();
        UUID digest = UUID.nameUUIDFromBytes(path.getBytes(StandardCharsets.UTF_8));
        yield Optional.of(directory.resolve(name + "-" + digest + suffix));
      }
    };
  }
}
