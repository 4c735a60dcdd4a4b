package dev.opml.vm.cache;

import dev.opml.api.Bytes32;
import dev.opml.vm.engine.WeightStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * A file with the packed weights of a model, specified in docs/weights-file.md: a header of 4096
 * bytes, which the fields of this record and a checksum determine, and the packed bytes.
 *
 * @param modelRoot root of the region that holds the model
 * @param layout name and version of the layout
 * @param size bytes of the packed weights
 */
record PackedWeightFile(Bytes32 modelRoot, String layout, long size) {
  private static final byte[] MAGIC = "OPMLPACK".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int HEADER_SIZE = 4096;
  private static final int CHECKSUM_OFFSET = 56;
  private static final int MAX_LAYOUT_SIZE = HEADER_SIZE - CHECKSUM_OFFSET - Integer.BYTES;

  /** Bytes whose checksums are computed independently. */
  private static final int CHUNK = 16 << 20;

  /**
   * Bytes written at once, at multiples of it: file systems with large pages in the page cache make
   * them as large as the write that fills them, and those of 2 MiB are mapped as one, which makes
   * generating some 10 % faster (docs/kernels.md).
   */
  private static final int WRITE_SIZE = 2 << 20;

  /** Bytes that a file leaves free on its disk, for those who need them more. */
  private static final long SPARE_SPACE = 1L << 30;

  PackedWeightFile {
    if (size < 0 || layout.getBytes(StandardCharsets.UTF_8).length > MAX_LAYOUT_SIZE) {
      throw new IllegalArgumentException(size + " bytes in layout " + layout);
    }
  }

  /**
   * Maps a file.
   *
   * @param threads threads that compute the checksum
   * @param arena owns the mapping, which is read-only
   * @throws IOException with the reason, if the file cannot be read, is damaged, has another
   *     version, or was written for another model or layout
   */
  MemorySegment map(Path file, int threads, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      require(channel.size() - HEADER_SIZE == size, "its size is wrong");
      ByteBuffer found = ByteBuffer.allocate(HEADER_SIZE);
      FileBytes.readFully(channel, found, 0);
      int checksum = found.getInt(CHECKSUM_OFFSET);
      require(
          Arrays.equals(found.array(), header(checksum)),
          "it has another version or layout, or the model has changed");
      // Read and not mapped yet: a file that somebody truncates meanwhile ends early, no more.
      require(checksum(channel, threads) == checksum, "it is damaged");
      return map(channel, MapMode.READ_ONLY, arena);
    }
  }

  /**
   * Writes a file, replacing it as a whole, and maps it.
   *
   * @param packer fills the file
   * @throws IOException if the file cannot be written; in most cases the packer was not called
   */
  MemorySegment write(Path file, WeightStore.Packer packer, int threads, Arena arena)
      throws IOException {
    require(!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS), "it is a directory");
    try (Replacement replacement = new Replacement(file)) {
      FileChannel channel = replacement.channel();
      require(
          Files.getFileStore(replacement.path()).getUsableSpace() - SPARE_SPACE >= size,
          "no space for " + size + " bytes");
      writeZeros(channel);
      try (Arena filling = Arena.ofShared()) {
        packer.pack(map(channel, MapMode.READ_WRITE, filling));
      }
      writeFully(channel, ByteBuffer.wrap(header(checksum(channel, threads))), 0);
      MemorySegment packed = map(channel, MapMode.READ_ONLY, arena);
      replacement.complete();
      return packed;
    }
  }

  private static void require(boolean condition, String otherwise) throws IOException {
    if (!condition) {
      throw new IOException(otherwise);
    }
  }

  private byte[] header(int checksum) {
    byte[] name = layout.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(HEADER_SIZE)
        .put(MAGIC)
        .putInt(VERSION)
        .putInt(name.length)
        .putLong(size)
        .put(modelRoot.toByteArray())
        .putInt(checksum)
        .put(name)
        .array();
  }

  private MemorySegment map(FileChannel channel, MapMode mode, Arena arena) throws IOException {
    return channel.map(mode, HEADER_SIZE, size, arena);
  }

  /**
   * Fills the file. A full disk is an exception here; in a mapping of a file with holes it would be
   * a fault wherever the packer happens to write.
   */
  private void writeZeros(FileChannel channel) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(WRITE_SIZE);
    for (long at = 0; at < HEADER_SIZE + size; at += zeros.limit()) {
      zeros.clear().limit((int) Math.min(WRITE_SIZE, HEADER_SIZE + size - at));
      writeFully(channel, zeros, at);
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes, long at)
      throws IOException {
    long end = at + bytes.remaining();
    while (bytes.hasRemaining()) {
      channel.write(bytes, end - bytes.remaining());
    }
  }

  /**
   * CRC-32C of the CRC-32Cs of the chunks. A thread reads consecutive chunks: Linux reads such
   * stretches ahead, in pages as large as {@link #WRITE_SIZE}, if the file is not cached. What
   * threads read by turns it would cache in small ones.
   */
  private int checksum(FileChannel channel, int threads) throws IOException {
    long chunks = Math.ceilDiv(size, CHUNK);
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<CompletableFuture<ByteBuffer>> stretches =
          IntStream.range(0, threads)
              .mapToObj(i ->
                  CompletableFuture.supplyAsync(
                      () -> checksums(channel, chunks * i / threads, chunks * (i + 1) / threads),
                      pool))
              .toList();
      CRC32C checksum = new CRC32C();
      stretches.forEach(stretch -> checksum.update(stretch.join()));
      return (int) checksum.getValue();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException unreadable) {
        throw unreadable.getCause();
      }
      throw e;
    }
  }

  /** CRC-32Cs of chunks {@code first} to {@code end}, exclusive. */
  private ByteBuffer checksums(FileChannel channel, long first, long end) {
    ByteBuffer checksums = ByteBuffer.allocate((int) (end - first) * Integer.BYTES);
    try {
      for (long chunk = first; chunk < end; chunk++) {
        long start = chunk * CHUNK;
        long stop = Math.min(start + CHUNK, size);
        checksums.putInt(FileBytes.checksum(channel, HEADER_SIZE + start, HEADER_SIZE + stop));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return checksums.flip();
  }
}
