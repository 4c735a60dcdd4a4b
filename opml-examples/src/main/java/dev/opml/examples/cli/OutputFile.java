package dev.opml.examples.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file that a command writes beside what it prints. A regular file is written beside its place
 * and moved there by {@link #keep}, so that a command that fails leaves what was there; devices and
 * pipes are written as it comes. Every exception names the file as the user did. Not thread-safe.
 */
final class OutputFile implements AutoCloseable {
  private static final Path STANDARD_OUTPUT = Path.of("/dev/stdout");
  private static final Path FULL = Path.of("/dev/full");
  private static final int MOST_LINKS = 40;

  private final Path name;
  private final Path place;
  private final Path written;
  private final OutputStream out;

  private OutputFile(Path name, Path place, Path written, OutputStream out) {
    this.name = name;
    this.place = place;
    this.written = written;
    this.out = out;
  }

  /**
   * Opens a file to write.
   *
   * @param standardOutput where to write if the file is standard output, so that both do not
   *     overwrite each other
   * @throws FileSystemException if the system tells already that it cannot be written
   */
  static OutputFile open(Path name, OutputStream standardOutput) throws FileSystemException {
    try {
      if (isSame(name, STANDARD_OUTPUT)) {
        return new OutputFile(name, name, name, new StandardOutput(standardOutput)); // stays open
      }
      return Files.exists(name) && !Files.isRegularFile(name) ? direct(name) : beside(name);
    } catch (IOException e) {
      throw named(name, e);
    }
  }

  private static OutputFile direct(Path name) throws IOException {
    if (Files.isDirectory(name)) {
      throw new IOException("Is a directory");
    }
    if (isSame(name, FULL)) {
      throw new IOException("No space left on device"); // opening it succeeds
    }
    return new OutputFile(name, name, name, Files.newOutputStream(name, StandardOpenOption.WRITE));
  }

  private static OutputFile beside(Path name) throws IOException {
    Path place = place(name);
    if (Files.exists(place) && !Files.isWritable(place)) {
      throw new AccessDeniedException(place.toString());
    }
    String random = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path written = place.resolveSibling("opml-" + random + ".tmp");
    OutputStream out =
        Files.newOutputStream(written, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    written.toFile().deleteOnExit(); // where the process is told to end
    return new OutputFile(name, place, written, out);
  }

  /** The file itself, which links lead to and which need not exist. */
  private static Path place(Path name) throws IOException {
    Path place = name.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(place); links++) {
      if (links == MOST_LINKS) {
        throw new IOException("Too many levels of symbolic links");
      }
      place = place.resolveSibling(Files.readSymbolicLink(place));
    }
    return place;
  }

  /** Whether two names are of one file that this one can destroy: devices and pipes are not. */
  static boolean isSameRegularFile(Path a, Path b) {
    try {
      if (Files.exists(a) && Files.exists(b)) {
        return Files.isRegularFile(a) && Files.isSameFile(a, b);
      }
      return real(a).equals(real(b));
    } catch (IOException e) {
      return false; // opening it will tell why
    }
  }

  private static Path real(Path name) throws IOException {
    Path place = place(name);
    Path folder = place.getParent();
    return folder == null ? place : folder.toRealPath().resolve(place.getFileName());
  }

  private static boolean isSame(Path a, Path b) throws IOException {
    return Files.exists(a) && Files.exists(b) && Files.isSameFile(a, b);
  }

  /**
   * Appends bytes.
   *
   * @throws FileSystemException if they cannot be written
   */
  void write(byte[] bytes) throws FileSystemException {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw named(name, e);
    }
  }

  /**
   * Ends the file and puts it in its place, with the permissions of what was there.
   *
   * @throws FileSystemException if that fails
   */
  void keep() throws FileSystemException {
    try {
      out.close();
      if (!written.equals(place)) {
        replace();
      }
    } catch (IOException e) {
      throw named(name, e);
    }
  }

  private void replace() throws IOException {
    if (Files.exists(place)) {
      Files.setPosixFilePermissions(written, Files.getPosixFilePermissions(place));
    }
    try {
      Files.move(written, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) { // such as a file that is a mount point
      try (InputStream in = Files.newInputStream(written);
          OutputStream there = Files.newOutputStream(place)) {
        in.transferTo(there);
      }
    }
  }

  /** Closes the file and, unless it was kept, forgets it. */
  @Override
  public void close() throws FileSystemException {
    try {
      out.close();
      if (!written.equals(place)) {
        Files.deleteIfExists(written);
      }
    } catch (IOException e) {
      throw named(name, e);
    }
  }

  private static FileSystemException named(Path name, IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> new NoSuchFileException(name.toString());
      case AccessDeniedException _ -> new AccessDeniedException(name.toString());
      case FileSystemException f -> new FileSystemException(name.toString(), null, f.getReason());
      default -> new FileSystemException(name.toString(), null, e.getMessage());
    };
  }
}
