package dev.opml.vm.cache;

import dev.opml.api.Bytes32;
import dev.opml.vm.engine.WeightStore;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps the packed weights of a model on disk, so that they are packed once, and shared by all who
 * open the model: executors of this JVM and other processes map the same file. It is called {@code
 * MODEL.gguf.opml-weights} and has a header of 4 KiB and the packed bytes in the layout packed
 * last.
 *
 * <p>A file is used if it was made for the model's root, the layout and the size, and has the right
 * checksum; all of it is read when it is opened. Otherwise the weights are packed and the file is
 * replaced. Where that is not possible, or would leave less than 1 GiB free on the disk, they are
 * packed into anonymous memory, and one line of the log says why.
 *
 * <p><b>What it trusts.</b> The checksum finds damage, not intent: whoever can create files in the
 * model's folder can choose the weights that are computed with. The root is that of the image, so
 * what {@link ModelTreeCache} does not notice is not noticed here. A file must not be changed while
 * it is mapped: what is changed, is computed with, and reading what was cut off fails with an
 * {@link InternalError}. This class only ever replaces files as a whole, which leaves mappings of
 * the old one intact. Where any of that matters, use {@link WeightStore#ANONYMOUS}.
 *
 * <p>Thread-safe; several processes may share the files. In a JVM, a file is read or written for
 * one caller at a time, so that who opens the same model next finds it.
 */
@SuppressWarnings("exports") // exported for its constants; the engine, which calls it, is not API
public final class PackedWeightFiles implements WeightStore {
  /**
   * Bytes below which weights are packed into anonymous memory: opening a file of that size takes
   * 70 ms in a JVM that has just started.
   */
  public static final long MIN_SIZE = 16L << 20;

  /** What a file's name adds to that of its model. */
  public static final String SUFFIX = ".opml-weights";

  private static final Logger LOG = System.getLogger("dev.opml.vm");

  /** One opener of a file at a time: who waits finds it. */
  private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  private static final long PATIENCE_MILLIS = 20;

  private final Path file;
  private final Bytes32 modelRoot;
  private final int threads;
  private final long minSize;
  private final Runnable waiting;

  /**
   * A file with another threshold than the usual one.
   *
   * @param modelRoot root of the region that holds the model
   * @param waiting called again and again while another opens the file; may throw
   */
  PackedWeightFiles(Path file, Bytes32 modelRoot, int threads, long minSize, Runnable waiting) {
    this.file = file;
    this.modelRoot = modelRoot;
    this.threads = threads;
    this.minSize = minSize;
    this.waiting = waiting;
  }

  /**
   * The store of a model's weights that a policy asks for.
   *
   * @param model the model's file
   * @param modelRoot root of the region that holds the model
   * @param threads threads that compute checksums, at least 1
   * @param waiting called again and again while another opens the same file; what it throws is
   *     thrown to the caller
   */
  @SuppressWarnings("exports") // as above
  public static WeightStore of(
      Path model, Bytes32 modelRoot, CachePolicy policy, int threads, Runnable waiting) {
    return policy
        .file(model, SUFFIX)
        .<WeightStore>map(
            file -> new PackedWeightFiles(file, modelRoot, threads, MIN_SIZE, waiting))
        .orElse(WeightStore.ANONYMOUS);
  }

  @Override
  public MemorySegment packed(String layout, long bytes, Packer packer, Arena arena) {
    PackedWeightFile format = new PackedWeightFile(modelRoot, layout, bytes);
    return bytes >= minSize
        ? kept(format, packer, arena)
            .orElseGet(() -> ANONYMOUS.packed(layout, bytes, packer, arena))
        : ANONYMOUS.packed(layout, bytes, packer, arena);
  }

  private Optional<MemorySegment> kept(PackedWeightFile format, Packer packer, Arena arena) {
    ReentrantLock lock =
        LOCKS.computeIfAbsent(file.toAbsolutePath().normalize(), path -> new ReentrantLock());
    while (!tryLock(lock)) {
      waiting.run();
    }
    try {
      return read(format, arena).or(() -> write(format, packer, arena));
    } finally {
      lock.unlock();
    }
  }

  private static boolean tryLock(ReentrantLock lock) {
    try {
      return lock.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // what is called while waiting will see it
      return lock.tryLock();
    }
  }

  private Optional<MemorySegment> read(PackedWeightFile format, Arena arena) {
    // Opening a pipe would wait for its writer.
    if (Files.isRegularFile(file)) {
      try {
        return Optional.of(format.map(file, threads, arena));
      } catch (IOException | UnsupportedOperationException e) {
        LOG.log(Level.DEBUG, () -> file + " not used: " + e);
      }
    }
    return Optional.empty();
  }

  private Optional<MemorySegment> write(PackedWeightFile format, Packer packer, Arena arena) {
    try {
      Replacement.createParent(file);
      MemorySegment packed = format.write(file, packer, threads, arena);
      LOG.log(
          Level.INFO,
          () -> "keeps %d MiB of packed weights in %s".formatted(format.size() >> 20, file));
      return Optional.of(packed);
    } catch (IOException | UnsupportedOperationException e) {
      // An interrupt ends the call anyway, and says nothing about the disk.
      LOG.log(
          e instanceof ClosedByInterruptException ? Level.DEBUG : Level.INFO,
          () -> "packed weights are not kept, and packed again next time: " + file + ": " + e);
      return Optional.empty();
    }
  }
}
