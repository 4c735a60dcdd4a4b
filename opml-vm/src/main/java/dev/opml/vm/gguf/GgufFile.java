package dev.opml.vm.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * A GGUF file, version 2 or 3, little-endian, mapped read-only. Opening checks the whole of the
 * file's structure; values and tensors are then read in place. Safe for use by many threads until
 * it is closed; afterwards whatever is backed by the mapping throws {@link IllegalStateException}.
 * The file must not be changed while it is open.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">GGUF</a>
 */
public final class GgufFile implements AutoCloseable {
  private final Path path;
  private final Arena arena;
  private final MemorySegment bytes;
  private final GgufContent content;

  private GgufFile(Path path, Arena arena, MemorySegment bytes, GgufContent content) {
    this.path = path;
    this.arena = arena;
    this.bytes = bytes;
    this.content = content;
  }

  /** Opens a file under the default limits; see {@link #open(Path, GgufLimits)}. */
  public static GgufFile open(Path path) {
    return open(path, GgufLimits.DEFAULT);
  }

  /**
   * Opens and checks a file to compute with it, also on a thread that is interrupted, which it then
   * still is.
   *
   * @throws UnreadableGgufException if it is not a regular file, or cannot be read
   * @throws GgufLimitException if it exceeds one of {@code limits}, or is truncated
   * @throws MalformedGgufException if it breaks another rule of the format, or aligns tensors to
   *     less than 8 bytes
   * @throws SplitModelException if it is one part of several
   * @throws UnsupportedTensorTypeException if a tensor has a type that is not in {@link GgmlType}
   */
  public static GgufFile open(Path path, GgufLimits limits) {
    return open(path, limits, GgufPurpose.COMPUTE);
  }

  /**
   * Opens and checks a file to say what is in it, under the default limits: as {@link #open(Path)},
   * but the file may be one part of several, and its tensors may be of any type and alignment.
   *
   * @throws UnreadableGgufException if it is not a regular file, or cannot be read
   * @throws GgufLimitException if it exceeds a limit, or is truncated
   * @throws MalformedGgufException if it breaks another rule of the format
   */
  public static GgufFile openAny(Path path) {
    return open(path, GgufLimits.DEFAULT, GgufPurpose.DESCRIBE);
  }

  @SuppressWarnings("MustBeClosedChecker") // the file owns the arena, and closes it
  private static GgufFile open(Path path, GgufLimits limits, GgufPurpose purpose) {
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try {
      MemorySegment bytes = map(path, arena);
      GgufContent content = GgufContent.read(new GgufCursor(path, bytes), limits, purpose);
      GgufFile file = new GgufFile(path, arena, bytes, content);
      opened = true;
      return file;
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  private static MemorySegment map(Path path, Arena arena) {
    // Opening a pipe would wait for its writer.
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new UnreadableGgufException(path, new IOException("not a regular file"));
    }
    boolean interrupted = Thread.interrupted();
    try {
      for (; ; ) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
          return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted(); // it says nothing about the file
        } catch (IOException e) {
          throw new UnreadableGgufException(path, e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** The whole file, read-only. */
  public MemorySegment bytes() {
    return bytes;
  }

  /** Owns memory that is to live as long as the file is open. {@link #close} closes it. */
  public Arena arena() {
    return arena;
  }

  /** The metadata. */
  public GgufMetadata metadata() {
    return content.metadata();
  }

  /** The tensors in the order of the file, unmodifiable. */
  public List<GgufTensor> tensors() {
    return List.copyOf(content.tensors().values());
  }

  /** The tensor named {@code name}, or empty. */
  public Optional<GgufTensor> tensor(String name) {
    return Optional.ofNullable(content.tensors().get(name));
  }

  /**
   * The tensor named {@code name}.
   *
   * @throws MissingTensorException if there is none
   */
  public GgufTensor requireTensor(String name) {
    return tensor(name).orElseThrow(() -> new MissingTensorException(path, name));
  }

  /** Unmaps the file. Closing it again does nothing. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
