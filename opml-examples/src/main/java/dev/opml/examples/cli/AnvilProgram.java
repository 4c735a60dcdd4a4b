package dev.opml.examples.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds anvil, the chain that npm installs. */
final class AnvilProgram {
  /** Says where it is; the start script sets it. */
  static final String PROPERTY = "opml.anvil";

  private static final Path INSTALLED =
      Path.of("opml-ethereum", "contracts", "node_modules", ".bin", "anvil");

  private AnvilProgram() {}

  /**
   * The program that the start script names, else the one that is installed in this checkout or on
   * the search path.
   *
   * @throws IOException if there is none
   */
  static Path find() throws IOException {
    for (Path candidate : candidates()) {
      if (Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    throw new IOException(
        "anvil was not found: run npm ci in opml-ethereum/contracts, or name it with --anvil");
  }

  private static List<Path> candidates() {
    List<Path> candidates = new ArrayList<>();
    String named = System.getProperty(PROPERTY);
    if (named != null) {
      candidates.add(Path.of(named));
    }
    candidates.add(INSTALLED);
    candidates.add(Path.of("..").resolve(INSTALLED));
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      candidates.add(Path.of(folder, "anvil"));
    }
    return candidates;
  }
}
