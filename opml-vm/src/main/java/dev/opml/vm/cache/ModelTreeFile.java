package dev.opml.vm.cache;

import dev.opml.merkle.MerkleTree;
import dev.opml.merkle.PageHashes;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * A file with the hashes of a model: magic {@code OPMLTREE}, u32 format version, u32 tree height,
 * u64 size of the model file, i64 its time of last modification (nanoseconds since 1970), the
 * {@link PageHashes}, u32 CRC-32C of all that. Numbers are big-endian.
 *
 * @param size bytes of the model file
 * @param modified its time of last modification, nanoseconds since 1970
 * @param height height of the tree
 */
record ModelTreeFile(long size, long modified, int height) {
  private static final byte[] MAGIC = "OPMLTREE".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int HEADER_SIZE = MAGIC.length + 2 * Integer.BYTES + 2 * Long.BYTES;

  /** Bytes of the file. */
  long fileSize() {
    return HEADER_SIZE + PageHashes.encodedSize(size) + Integer.BYTES;
  }

  /**
   * Reads a file.
   *
   * @param data the bytes of the model file
   * @param arena owns the hashes, which are mapped: the tree can be used until it is closed
   * @return the tree over {@code data}, whose hashes are in the file, which must not be changed as
   *     long as it is used ({@link #write} replaces it); the sampled pages have been compared
   * @throws IOException with the reason, if the file cannot be read, is damaged, has another
   *     version, or was written for another model or state of it
   */
  MerkleTree read(Path file, MemorySegment data, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      require(channel.size() == fileSize(), "its size is wrong");
      ByteBuffer header = ByteBuffer.allocate(HEADER_SIZE);
      FileBytes.readFully(channel, header, 0);
      require(
          Arrays.equals(header.array(), header()),
          "it has another version, or the model has changed");
      long end = fileSize() - Integer.BYTES;
      ByteBuffer checksum = ByteBuffer.allocate(Integer.BYTES);
      FileBytes.readFully(channel, checksum, end);
      require(checksum.getInt(0) == FileBytes.checksum(channel, 0, end), "it is damaged");
      MerkleTree tree = PageHashes.stored(map(channel, arena), size).tree(height, data);
      require(PageSample.matches(tree, data), "the model's content has changed");
      return tree;
    }
  }

  /**
   * The hashes, mapped: whatever reads the tree shares the pages that the system keeps of the file,
   * and only those that it reads.
   */
  private MemorySegment map(FileChannel channel, Arena arena) throws IOException {
    return channel.map(MapMode.READ_ONLY, HEADER_SIZE, PageHashes.encodedSize(size), arena);
  }

  private static void require(boolean condition, String otherwise) throws IOException {
    if (!condition) {
      throw new IOException(otherwise);
    }
  }

  /** Writes a file, replacing it as a whole. */
  void write(Path file, PageHashes hashes) throws IOException {
    try (Replacement replacement = new Replacement(file)) {
      // Not closed: the channel is the replacement's.
      write(Channels.newOutputStream(replacement.channel()), hashes);
      replacement.complete();
    }
  }

  private void write(OutputStream out, PageHashes hashes) throws IOException {
    CheckedOutputStream checked = new CheckedOutputStream(out, new CRC32C());
    checked.write(header());
    hashes.writeTo(checked);
    new DataOutputStream(out).writeInt((int) checked.getChecksum().getValue());
  }

  private byte[] header() {
    return ByteBuffer.allocate(HEADER_SIZE)
        .put(MAGIC)
        .putInt(VERSION)
        .putInt(height)
        .putLong(size)
        .putLong(modified)
        .array();
  }
}
