package dev.opml.dispute.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A journal in a file of JSON lines. Every line is forced to the disk before its method returns. A
 * last line without a line end was being written when the process died, so its transaction was not
 * sent: it is cut off. One process at a time may open a file, and it may open it once; it must not
 * open the file by other means meanwhile, because on Linux to close that would release the lock.
 *
 * <p>An interrupt has no effect on a journal: a line is written all the same, and the thread stays
 * interrupted. After a method that failed, for instance because the disk is full, the journal works
 * on, without the line of that method.
 */
public final class FileJournal implements Journal {
  private final Path path;
  private final JournalFile file;
  private final MemoryJournal written = new MemoryJournal();

  /** Length in bytes of the lines that count. */
  private long length;

  FileJournal(Path path, JournalFile file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Opens a journal of the default file system, or creates an empty one.
   *
   * @throws MalformedJournalException if the file is not a journal
   * @throws JournalException if it cannot be read or written, or it is open already
   * @throws UnsupportedOperationException if the path is of another file system
   */
  public static FileJournal open(Path path) {
    try {
      JournalFile file = JournalFile.open(path);
      boolean opened = false;
      try {
        FileJournal journal = new FileJournal(path, file);
        journal.load(file.read());
        opened = true;
        return journal;
      } finally {
        if (!opened) {
          file.close();
        }
      }
    } catch (IOException e) {
      throw new JournalException(path, e);
    }
  }

  private void load(byte[] content) {
    int start = 0;
    long number = 1;
    for (int i = 0; i < content.length; i++) {
      if (content[i] == '\n') {
        String line = new String(content, start, i - start, StandardCharsets.UTF_8);
        try {
          apply(JournalLine.read(line));
        } catch (IllegalArgumentException e) {
          throw new MalformedJournalException(path, number, start, String.valueOf(e.getMessage()));
        }
        start = i + 1;
        number++;
      }
    }
    length = start;
  }

  private void apply(JournalLine line) {
    switch (line) {
      case JournalLine.Begin(long sequence, Intent intent) -> {
        if (sequence != written.next()) {
          throw new IllegalArgumentException(
              "expected intent " + written.next() + ", got " + sequence);
        }
        written.begin(intent);
      }
      case JournalLine.End(long sequence, Outcome outcome) -> written.end(sequence, outcome);
    }
  }

  @Override
  public synchronized long begin(Intent intent) {
    long sequence = written.next();
    append(new JournalLine.Begin(sequence, intent));
    return sequence;
  }

  @Override
  public synchronized void end(long sequence, Outcome outcome) {
    written.requirePending(sequence);
    append(new JournalLine.End(sequence, outcome));
  }

  private void append(JournalLine line) {
    byte[] bytes = (line.write() + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      // Over a line that was cut off, by a crash or by an earlier append that failed.
      file.write(length, bytes);
    } catch (IOException e) {
      throw new JournalException(path, e);
    }
    apply(line);
    // Last: if memory did not suffice to take in the line, the next one replaces it.
    length += bytes.length;
  }

  @Override
  public List<PendingIntent> pending() {
    return written.pending();
  }

  @Override
  public synchronized void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new JournalException(path, e);
    }
  }
}
