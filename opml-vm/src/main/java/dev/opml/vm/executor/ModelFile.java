package dev.opml.vm.executor;

import dev.opml.api.inference.CancelledException;
import dev.opml.api.inference.ModelFileChangedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a mapped file was changed in place: what was read of it may then be wrong. A file
 * that took its place under the same name changes nothing, since the old one stays mapped; the old
 * one is watched no more then. What changes neither size nor time of last modification is not
 * noticed. Immutable and thread-safe.
 */
final class ModelFile {
  /** Part of HotSpot's message when a mapped file has no byte where one was read. */
  private static final String FAULT = "unsafe memory access";

  private final Path path;

  /** Where links led when the file was opened. */
  private final Path place;

  private final @Nullable BasicFileAttributes opened;

  /** A file as it is now. */
  ModelFile(Path path) {
    this.path = path;
    this.place = place(path);
    this.opened = attributes();
  }

  private static Path place(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path; // opening it will say why
    }
  }

  private @Nullable BasicFileAttributes attributes() {
    try {
      return Files.readAttributes(place, BasicFileAttributes.class);
    } catch (IOException e) {
      return null; // it is gone, or there is no way to tell
    }
  }

  /**
   * Computes something from the file.
   *
   * @throws ModelFileChangedException if the file was changed in place before or meanwhile, or a
   *     read of it, or of a file beside it, failed
   */
  <T> T use(Supplier<T> work) {
    requireUnchanged();
    T result;
    try {
      result = read(work);
    } catch (CancelledException e) {
      requireUnchanged(); // it may have a result
      throw e;
    }
    requireUnchanged();
    return result;
  }

  /**
   * Computes something from the file, whose result the caller has to close if the file turns out to
   * be changed.
   *
   * @throws ModelFileChangedException if a read of the file, or of one beside it, failed
   */
  <T> T read(Supplier<T> work) {
    try {
      return work.get();
    } catch (InternalError e) {
      if (isFault(e)) {
        throw new ModelFileChangedException(path, e);
      }
      throw e;
    }
  }

  private static boolean isFault(InternalError e) {
    return e.getMessage() != null && e.getMessage().contains(FAULT);
  }

  /**
   * Looks at the file that has just been mapped.
   *
   * @throws ModelFileChangedException if it need not be the one that this describes
   */
  void requireMapped() {
    BasicFileAttributes now = attributes();
    if (opened == null || now == null || !isSameFile(now, opened)) {
      throw new ModelFileChangedException(path, null);
    }
    requireUnchanged();
  }

  /**
   * Looks at the file.
   *
   * @throws ModelFileChangedException if it was changed in place
   */
  void requireUnchanged() {
    BasicFileAttributes now = attributes();
    if (opened != null
        && now != null
        && isSameFile(now, opened)
        && (now.size() != opened.size()
            || !now.lastModifiedTime().equals(opened.lastModifiedTime()))) {
      throw new ModelFileChangedException(path, null);
    }
  }

  private static boolean isSameFile(BasicFileAttributes a, BasicFileAttributes b) {
    return Objects.equals(a.fileKey(), b.fileKey());
  }
}
