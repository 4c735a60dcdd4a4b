package dev.opml.dispute.journal;

import java.io.IOException;

/**
 * The folder of a journal file, in operations of which each may be the last before a crash. Used by
 * one thread at a time.
 */
interface JournalFolder {
  /**
   * Opens and locks the journal, or creates an empty one.
   *
   * @throws IOException if it cannot be opened, or is open already, here or in another process
   */
  JournalFile open() throws IOException;

  /** Creates and locks an empty file beside the journal, in place of one that a crash has left. */
  JournalFile create() throws IOException;

  /**
   * Puts a file that {@link #create} made in the place of the journal: as a whole or not at all.
   */
  void replace(JournalFile created) throws IOException;

  /** Forces the names of files to the disk. */
  void force() throws IOException;
}
