package dev.opml.dispute.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A journal in a file of JSON lines. Every line is forced to the disk before its method returns. A
 * last line without a line end was being written when the process died, so its transaction was not
 * sent: it is cut off. One process at a time may open a file.
 */
public final class FileJournal implements Journal {
  private final Path file;
  private final FileChannel channel;
  private final MemoryJournal written = new MemoryJournal();
  private long length;

  FileJournal(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Opens a journal, or creates an empty one.
   *
   * @throws MalformedJournalException if the file is not a journal
   * @throws JournalException if it cannot be read or written, or it is open already
   */
  public static FileJournal open(Path file) {
    try {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        if (channel.tryLock() == null) {
          throw new IOException("another process has it open");
        }
        FileJournal journal = new FileJournal(file, channel);
        journal.load(Files.readAllBytes(file));
        return journal;
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new JournalException(file, e);
    } catch (OverlappingFileLockException e) {
      throw new JournalException(file, new IOException("this process has it open", e));
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
          throw new MalformedJournalException(file, number, start, String.valueOf(e.getMessage()));
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
    try {
      // Drops a line that was cut off, by a crash or by an earlier append that failed.
      channel.truncate(length);
      channel.position(length);
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(line.write() + "\n");
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
      length = channel.position();
    } catch (IOException e) {
      throw new JournalException(file, e);
    }
    apply(line);
  }

  @Override
  public List<PendingIntent> pending() {
    return written.pending();
  }

  @Override
  public synchronized void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new JournalException(file, e);
    }
  }
}
