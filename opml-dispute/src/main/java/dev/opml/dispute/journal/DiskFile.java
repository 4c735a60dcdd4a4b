package dev.opml.dispute.journal;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file of the default file system, opened once at a time. An interrupt has no effect on it: it is
 * read and written through {@link RandomAccessFile}, whose methods, unlike those of a channel,
 * neither look at a thread's interrupt flag nor close the file over it. The file's channel only
 * holds the lock.
 */
final class DiskFile implements JournalFile {
  /**
   * The files that this process has open. The lock does not tell: where a lock belongs to the
   * process, as on Linux, opening a file a second time and closing that again would release it.
   */
  private static final Set<Object> OPEN = new HashSet<>();

  private static final Set<PosixFilePermission> OWNERS =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final RandomAccessFile file;
  private final Object key;

  /**
   * A file that is locked.
   *
   * @param key what {@link #OPEN} knows it by
   */
  DiskFile(RandomAccessFile file, Object key) {
    this.file = file;
    this.key = key;
  }

  /**
   * Opens and locks a file, or creates an empty one, which only its owner may read: it will hold
   * secrets. A file that cannot be written is opened for reading; to write it fails.
   *
   * @throws IOException if it cannot be opened, or is open already, here or in another process
   */
  static DiskFile open(Path path) throws IOException {
    synchronized (OPEN) {
      Object before = Files.exists(path) ? key(path) : null;
      if (before != null && OPEN.contains(before)) {
        throw new IOException("this process has it open");
      }
      if (before == null) {
        createForOwner(path);
      }
      RandomAccessFile file = openFile(path);
      boolean opened = false;
      try {
        lock(file);
        Object key = key(path);
        // Who has just compacted it keeps the lock of the new file, not of the one opened here.
        if (before != null && !before.equals(key)) {
          throw new IOException("another process has it open");
        }
        DiskFile journal = new DiskFile(file, key);
        OPEN.add(key);
        opened = true;
        return journal;
      } finally {
        if (!opened) {
          file.close();
        }
      }
    }
  }

  private static void createForOwner(Path path) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try {
        Files.createFile(path, PosixFilePermissions.asFileAttribute(OWNERS));
      } catch (FileAlreadyExistsException e) {
        // Another process was faster, and has locked it.
      }
    }
  }

  private static RandomAccessFile openFile(Path path) throws IOException {
    try {
      return new RandomAccessFile(path.toFile(), "rw");
    } catch (FileNotFoundException e) {
      // So say its permissions, or the disk.
      if (!Files.isRegularFile(path)) {
        throw e;
      }
      return openForReading(path);
    }
  }

  /** Opens a file that cannot be written. */
  static RandomAccessFile openForReading(Path path) throws IOException {
    return new RandomAccessFile(path.toFile(), "r");
  }

  private static void lock(RandomAccessFile file) throws IOException {
    try {
      if (lockOrNone(file.getChannel()) == null) {
        throw new IOException("another process has it open");
      }
    } catch (OverlappingFileLockException e) {
      throw new IOException("this process has it open", e);
    }
  }

  /** Locks a file; one that is open for reading only keeps out those who can write it. */
  static @Nullable FileLock lockOrNone(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (NonWritableChannelException e) {
      return channel.tryLock(0, Long.MAX_VALUE, true);
    }
  }

  /** Identifies a file by what it is, not by its name. */
  private static Object key(Path path) throws IOException {
    Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    return Objects.requireNonNullElseGet(key, path::toAbsolutePath);
  }

  /** Whether this file is the one that has a name now. */
  boolean isAt(Path path) throws IOException {
    return Files.exists(path) && key(path).equals(key);
  }

  @Override
  public byte[] read() throws IOException {
    long length = file.length();
    if (length > Integer.MAX_VALUE - 8) {
      throw new IOException(length + " bytes are too many for a journal");
    }
    byte[] content = new byte[(int) length];
    file.seek(0);
    file.readFully(content);
    return content;
  }

  @Override
  public void write(long offset, byte[] bytes) throws IOException {
    file.setLength(offset);
    file.seek(offset);
    file.write(bytes);
  }

  @Override
  public void force() throws IOException {
    file.getFD().sync();
  }

  @Override
  public void close() throws IOException {
    synchronized (OPEN) {
      try {
        file.close();
      } finally {
        OPEN.remove(key);
      }
    }
  }
}
