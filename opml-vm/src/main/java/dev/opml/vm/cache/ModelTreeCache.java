package dev.opml.vm.cache;

import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.MerkleTree;
import dev.opml.merkle.PageHashes;
import dev.opml.vm.gguf.GgufFile;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Keeps the tree of a model file on disk, so that the model is hashed once and not whenever it is
 * opened. The file is called {@code MODEL.gguf.opml-tree} and has a 64th of the model's size.
 *
 * <p>A cached tree is used if it is undamaged, if the model's size and time of last modification
 * are those it was built for, and if the pages in the model's first and last 64 KiB and 64 pages
 * between, hashed again, lead to its root. Otherwise the model is hashed and the file replaced. A
 * file that cannot be read or written costs time and is no error.
 *
 * <p><b>What it trusts.</b> A model replaced by one of the same size and time of last modification
 * that differs in none of the sampled pages is not noticed: the image then has the root of the
 * model as it was, and what the new one computes is claimed for the old one. Opening a changed page
 * fails with an {@link IllegalStateException}. Whoever can create files in the model's folder can
 * choose its root likewise; and who changes a cache file in place, instead of replacing it, while
 * its tree is used, changes the tree, as with the model. Where any of it matters, use {@link
 * #NONE}.
 *
 * <p>Immutable and thread-safe; several processes may share the files.
 */
public final class ModelTreeCache {
  /** Size in bytes below which a model is not cached: hashing it takes some 20 ms. */
  public static final long MIN_MODEL_SIZE = 16L << 20;

  /** What a cache file's name adds to that of its model. */
  public static final String SUFFIX = ".opml-tree";

  /** Neither reads nor writes files. */
  public static final ModelTreeCache NONE = of(CachePolicy.off());

  private final long minModelSize;
  private final CachePolicy policy;

  /** A cache with another threshold than the usual one. */
  ModelTreeCache(long minModelSize, CachePolicy policy) {
    this.minModelSize = minModelSize;
    this.policy = policy;
  }

  /** The cache that keeps its files where a policy says. */
  public static ModelTreeCache of(CachePolicy policy) {
    return new ModelTreeCache(MIN_MODEL_SIZE, policy);
  }

  /**
   * Reads the tree of the region that holds a model, of the height of {@link MemoryRegion#MODEL}.
   *
   * @return empty if it has to be built
   */
  public Optional<MerkleTree> read(GgufFile model) {
    return wanted(model).flatMap(format -> read(format, model));
  }

  /**
   * Builds the tree that {@link #read(GgufFile)} did not find, and stores it.
   *
   * @param threads threads that hash, at least 1
   * @param progress told the bytes hashed so far
   */
  public MerkleTree build(GgufFile model, int threads, LongConsumer progress) {
    MemorySegment data = model.bytes();
    Optional<ModelTreeFile> wanted = wanted(model);
    PageHashes hashes = PageHashes.of(data, threads, progress);
    // Hashes of a file that was replaced meanwhile may belong to neither time.
    wanted
        .filter(format -> describe(model).equals(wanted))
        .ifPresent(format -> write(format, model, hashes));
    return hashes.tree(MemoryRegion.MODEL.height(), data);
  }

  private Optional<ModelTreeFile> wanted(GgufFile model) {
    return policy.keeps() && model.bytes().byteSize() >= minModelSize
        ? describe(model)
        : Optional.empty();
  }

  private static Optional<ModelTreeFile> describe(GgufFile model) {
    try {
      long modified = Files.getLastModifiedTime(model.path()).to(TimeUnit.NANOSECONDS);
      return Optional.of(
          new ModelTreeFile(model.bytes().byteSize(), modified, MemoryRegion.MODEL.height()));
    } catch (IOException e) {
      log(() -> "tree of " + model.path() + " not cached: " + e);
      return Optional.empty();
    }
  }

  private static void log(Supplier<String> message) {
    // Not kept: finding a logger takes longer than all that happens here when nothing is wrong.
    System.getLogger("dev.opml.vm").log(Level.DEBUG, message);
  }

  private Optional<MerkleTree> read(ModelTreeFile format, GgufFile model) {
    // Opening a pipe would wait for its writer.
    Optional<Path> file = policy.file(model.path(), SUFFIX).filter(Files::isRegularFile);
    if (file.isPresent()) {
      try {
        return Optional.of(format.read(file.get(), model.bytes(), model.arena()));
      } catch (IOException | UnsupportedOperationException e) {
        log(() -> file.get() + " not used: " + e);
      }
    }
    return Optional.empty();
  }

  private void write(ModelTreeFile format, GgufFile model, PageHashes hashes) {
    policy
        .file(model.path(), SUFFIX)
        .ifPresent(file -> {
          try {
            Replacement.createParent(file);
            format.write(file, hashes);
          } catch (IOException | UnsupportedOperationException e) {
            log(() -> file + " not written: " + e);
          }
        });
  }
}
