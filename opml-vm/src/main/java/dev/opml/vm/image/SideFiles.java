package dev.opml.vm.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Names the files in which something about a model is kept.
 *
 * @param suffix what a file's name adds to that of its model
 * @param directory where files go that cannot be written beside their model; created when it is
 *     needed
 */
record SideFiles(String suffix, Optional<Path> directory) {
  /** The directory that a system property names, if it is set. */
  static Optional<Path> directory(String property) {
    return Optional.ofNullable(System.getProperty(property)).map(Path::of);
  }

  /** Where the file of a model may be, the first choice first. */
  List<Path> of(Path model) {
    String name = model.getFileName().toString();
    List<Path> files = new ArrayList<>();
    files.add(model.resolveSibling(name + suffix));
    directory.ifPresent(path -> files.add(path.resolve(name + "-" + digest(model) + suffix)));
    return files;
  }

  /** Creates the directory if it is that of a file which {@link #of(Path)} returned. */
  void createDirectory(Path file) throws IOException {
    if (directory.isPresent() && directory.get().equals(file.getParent())) {
      Files.createDirectories(directory.get());
    }
  }

  /** Tells models of one name in several folders apart. */
  private static UUID digest(Path model) {
    String path = model.toAbsolutePath().normalize().toString();
    return UUID.nameUUIDFromBytes(path.getBytes(StandardCharsets.UTF_8));
  }
}
