package dev.opml.vm.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A new file, under a temporary name until it replaces another as a whole: who reads meanwhile, or
 * another process that writes, sees one complete file or another. Nothing is forced to the disk;
 * what a power failure loses, a checksum has to find.
 *
 * <p>A writer holds a lock on its temporary file, so the next one knows what a dead one left, and
 * deletes it. That a file is deleted between its creation and its locking is possible; then {@link
 * #complete} fails.
 */
final class Replacement implements AutoCloseable {
  private static final String SUFFIX = ".tmp";

  private final Path file;
  private final Path temporary;
  private final FileChannel channel;

  /** Creates the temporary file beside {@code file}. */
  Replacement(Path file) throws IOException {
    deleteAbandoned(file);
    String suffix = "." + Long.toHexString(ThreadLocalRandom.current().nextLong()) + SUFFIX;
    this.file = file;
    temporary = file.resolveSibling(file.getFileName() + suffix);
    // Not Files.createTempFile, whose files other users of a shared model could not read.
    channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    // Without locks, as on some network file systems, nothing is ever found abandoned.
    lock(channel);
  }

  /** Creates the folder of a file, if it is not there. */
  static void createParent(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
  }

  private static void deleteAbandoned(Path file) {
    String prefix = file.getFileName() + ".";
    DirectoryStream.Filter<Path> temporaries =
        path -> {
          String name = path.getFileName().toString();
          return name.startsWith(prefix) && name.endsWith(SUFFIX);
        };
    try (DirectoryStream<Path> paths =
        Files.newDirectoryStream(file.toAbsolutePath().getParent(), temporaries)) {
      for (Path path : paths) {
        // Opening a pipe would wait for its reader.
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && isAbandoned(path)) {
          Files.deleteIfExists(path);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // It stays for the next writer, who may be allowed to delete it.
    }
  }

  private static boolean isAbandoned(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      return lock(channel);
    }
  }

  private static boolean lock(FileChannel channel) {
    try {
      return channel.tryLock() != null;
    } catch (IOException | OverlappingFileLockException e) {
      return false;
    }
  }

  /** Where the new file is until it is complete. */
  Path path() {
    return temporary;
  }

  /** The new file, for reading and writing. */
  FileChannel channel() {
    return channel;
  }

  /** Puts the new file in the place of the other; its channel remains open. */
  void complete() throws IOException {
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Closes the channel, and deletes the file if it has not replaced the other. */
  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(temporary);
    }
  }
}
