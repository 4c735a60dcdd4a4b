package dev.opml.dispute.journal;

import java.io.IOException;

/** A file that is open and locked. Used by one thread at a time. */
interface JournalFile extends AutoCloseable {
  /** The bytes of the whole file. */
  byte[] read() throws IOException;

  /**
   * Writes bytes, which a crash can still lose, or a part of them.
   *
   * @param offset where they start, in bytes from the start of the file; what the file has from
   *     there on is dropped
   */
  void write(long offset, byte[] bytes) throws IOException;

  /** Forces all that was written to the disk. */
  void force() throws IOException;

  /** Closes the file and gives up its lock. Closing it again does nothing. */
  @Override
  void close() throws IOException;
}
