package dev.opml.examples.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Objects;

/** The model that comes with the examples, as a file, because models are mapped into memory. */
public final class BundledModel {
  /** Name of the file. */
  public static final String NAME = "stories-3.7m.q8_0.gguf";

  /** System property that names a folder to keep the file in, instead of the user's cache. */
  public static final String FOLDER_PROPERTY = "opml.cache";

  private static final String RESOURCE = "/dev/opml/examples/" + NAME;

  private BundledModel() {}

  /**
   * The model in a folder, written there if it is not there already, byte for byte.
   *
   * @param folder folder to keep it in; created if absent
   * @throws IOException if it cannot be written
   */
  public static Path in(Path folder) throws IOException {
    byte[] model = bytes();
    Path path = folder.resolve(NAME);
    // The folder may be open to others: what lies there is compared, not trusted.
    if (Files.isRegularFile(path)
        && Files.size(path) == model.length
        && Arrays.equals(Files.readAllBytes(path), model)) {
      return path;
    }
    Files.createDirectories(folder);
    Path temporary = Files.createTempFile(folder, "model", ".tmp");
    try {
      Files.write(temporary, model);
      Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
    return path;
  }

  /**
   * The model in the user's cache, or in a new temporary folder where there is no place for one.
   *
   * @throws IOException if neither can be written
   */
  public static Path inCache() throws IOException {
    try {
      return in(cacheFolder());
    } catch (IOException e) {
      return in(Files.createTempDirectory("opml"));
    }
  }

  private static Path cacheFolder() {
    String folder = System.getProperty(FOLDER_PROPERTY);
    if (folder != null) {
      return Path.of(folder);
    }
    String configured = System.getenv("XDG_CACHE_HOME");
    Path base =
        configured != null && Path.of(configured).isAbsolute()
            ? Path.of(configured)
            : Path.of(System.getProperty("user.home"), ".cache");
    return base.resolve("opml");
  }

  private static byte[] bytes() throws IOException {
    try (InputStream in = BundledModel.class.getResourceAsStream(RESOURCE)) {
      return Objects.requireNonNull(in, RESOURCE).readAllBytes();
    }
  }
}
