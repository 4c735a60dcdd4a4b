package dev.opml.dispute.journal;

import java.io.File;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** The folder of a journal in the default file system. */
final class DiskFolder implements JournalFolder {
  private static final boolean WINDOWS = File.separatorChar == '\\';

  private final Path journal;
  private final Path next;

  /**
   * The folder of a journal.
   *
   * @throws IOException if links on the way to it cannot be followed
   */
  DiskFolder(Path journal) throws IOException {
    // A link stays, and what it leads to is replaced.
    this.journal = Files.exists(journal) ? journal.toRealPath() : journal.toAbsolutePath();
    this.next = this.journal.resolveSibling(this.journal.getFileName() + ".new");
  }

  @Override
  public JournalFile open() throws IOException {
    return DiskFile.open(journal);
  }

  @Override
  public JournalFile create() throws IOException {
    Files.deleteIfExists(next);
    return DiskFile.open(next);
  }

  @Override
  public void replace(JournalFile created) throws IOException {
    try {
      Files.move(
          next, journal, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // Only what the folder says now counts: the rename may have been made all the same.
      if (!((DiskFile) created).isAt(journal)) {
        throw e;
      }
    }
  }

  @Override
  public void force() throws IOException {
    if (WINDOWS) {
      return; // It opens no folder, and forces names by itself.
    }
    // A channel is closed by an interrupt, which has to have no effect.
    boolean interrupted = Thread.interrupted();
    Path parent = Objects.requireNonNull(journal.getParent());
    try {
      boolean forced = false;
      while (!forced) {
        try (FileChannel folder = FileChannel.open(parent, StandardOpenOption.READ)) {
          folder.force(true);
          forced = true;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
