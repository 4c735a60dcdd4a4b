package dev.opml.dispute.journal;

import dev.opml.dispute.ClaimId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A journal in a file of lines, each a checksum and a JSON object. Every line is forced to the disk
 * before its method returns. A last line that is not whole was being written when the process died,
 * so its transaction was not sent: it is cut off. One process at a time may open a file, and it may
 * open it once; it must not open the file by other means meanwhile, because on Linux to close that
 * would release the lock.
 *
 * <p>The file is compacted when it is opened and when it is longer than {@link #COMPACTION_BYTES}
 * and twice what it was after the last time: all that still counts is written to a file beside it,
 * named with {@code .new} at the end, which then takes its place. A crash leaves the one or the
 * other. If it cannot be done, for instance because the disk is full, the old file stays in use.
 *
 * <p>An interrupt has no effect on a journal: a line is written all the same, and the thread stays
 * interrupted. After a method that failed, for instance because the disk is full, the journal works
 * on, without the line of that method.
 */
public final class FileJournal implements Journal {
  /** Length in bytes from which on a file is compacted: some thousand transactions. */
  public static final int COMPACTION_BYTES = 1 << 20;

  private final Path path;
  private final JournalFolder folder;
  private final int limit;
  private JournalFile file;
  private boolean closed;

  /** Replaced only while loading. */
  private volatile MemoryJournal written = new MemoryJournal();

  /** Length in bytes of the lines that count. */
  private long length;

  /** Length in bytes at which it is tried again to compact. */
  private long compactAt;

  /** Whether a loss of power may still take what was in the file when it was opened. */
  private boolean contentAtRisk = true;

  /** Whether a crash may still give the file's name to none, or to the one before it. */
  private boolean nameAtRisk = true;

  private FileJournal(Path path, JournalFolder folder, JournalFile file, int limit) {
    this.path = path;
    this.folder = folder;
    this.file = file;
    this.limit = limit;
  }

  /**
   * Opens a journal of the default file system, or creates an empty one, which only its owner may
   * read, because its salts are secrets. One that cannot be written is opened all the same: it
   * tells what it has, and its methods that write fail until it can be opened anew.
   *
   * @throws MalformedJournalException if the file is not a journal of this version
   * @throws JournalException if it cannot be created or read, or it is open already
   * @throws UnsupportedOperationException if the path is of another file system
   */
  public static FileJournal open(Path path) {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      throw new UnsupportedOperationException(path + " is not in the default file system");
    }
    try {
      return open(path, new DiskFolder(path), COMPACTION_BYTES);
    } catch (IOException e) {
      throw new JournalException(path, e);
    }
  }

  /**
   * Opens a journal.
   *
   * @param limit length in bytes from which on it is compacted
   */
  static FileJournal open(Path path, JournalFolder folder, int limit) throws IOException {
    JournalFile file = folder.open();
    FileJournal journal = new FileJournal(path, folder, file, limit);
    boolean opened = false;
    try {
      journal.load(file.read());
      journal.forceOrWait();
      journal.compact();
      opened = true;
      return journal;
    } finally {
      if (!opened) {
        journal.file.close();
      }
    }
  }

  /** Forces what a process that died has written, perhaps; the next line does if it cannot now. */
  private void forceOrWait() {
    try {
      file.force();
      contentAtRisk = false;
    } catch (IOException e) {
      // A disk that is read-only, say. All that it has said so far is known all the same.
    }
  }

  private void load(byte[] content) {
    if (content.length > 0 && content[0] == '{') {
      throw new MalformedJournalException(
          path,
          1,
          0,
          "a journal of version 1, without checksums, is not read any more; it may be moved away:"
              + " the chain tells all that it says");
    }
    int start = 0;
    int end = lineEnd(content, start);
    for (long number = 1; start < content.length; number++) {
      boolean last = end >= content.length - 1;
      if (end == content.length || !Checksum.holds(content, start, end)) {
        if (last && (number > 1 || isTorn(content))) {
          break; // It was not completely written.
        }
        throw new MalformedJournalException(path, number, start, "its checksum does not hold");
      }
      try {
        read(number, JournalLine.read(Checksum.content(content, start, end)));
      } catch (IllegalArgumentException e) {
        throw new MalformedJournalException(path, number, start, String.valueOf(e.getMessage()));
      }
      start = end + 1;
      end = lineEnd(content, start);
    }
    length = start;
  }

  private static int lineEnd(byte[] content, int start) {
    int end = start;
    while (end < content.length && content[end] != '\n') {
      end++;
    }
    return end;
  }

  /** Whether a file is what a crash leaves of the first line of a new one, and nobody else's. */
  private static boolean isTorn(byte[] content) {
    byte[] first = Checksum.line(new JournalLine.First(0).write());
    if (content.length > first.length) {
      return false;
    }
    for (int i = 0; i < content.length; i++) {
      if (content[i] != first[i] && content[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private void read(long number, JournalLine line) {
    if ((number == 1) != line instanceof JournalLine.First) {
      throw new IllegalArgumentException(
          number == 1 ? "no version" : "a version that is not in the first line");
    }
    switch (line) {
      case JournalLine.First(long next) -> written = new MemoryJournal(next);
      case JournalLine.Begin(long sequence, Intent intent) -> {
        if (sequence < written.next()) {
          written.restore(sequence, intent);
        } else if (sequence > written.next()) {
          throw new IllegalArgumentException(
              "expected intent " + written.next() + ", got " + sequence);
        } else {
          written.begin(intent);
        }
      }
      default -> apply(line);
    }
  }

  private void apply(JournalLine line) {
    switch (line) {
      case JournalLine.First _ -> {}
      case JournalLine.Begin(long _, Intent intent) -> written.begin(intent);
      case JournalLine.Sent(long sequence, SentTransaction transaction) ->
          written.sent(sequence, transaction);
      case JournalLine.End(long sequence, Outcome outcome) -> written.end(sequence, outcome);
      case JournalLine.Keep(SealedAnswer answer) -> written.keep(answer);
      case JournalLine.Drop(ClaimId claim) -> written.drop(claim);
    }
  }

  @Override
  public synchronized long begin(Intent intent) {
    long sequence = written.next();
    append(new JournalLine.Begin(sequence, intent));
    return sequence;
  }

  @Override
  public synchronized void sent(long sequence, SentTransaction transaction) {
    written.requirePending(sequence);
    append(new JournalLine.Sent(sequence, transaction));
  }

  @Override
  public synchronized void end(long sequence, Outcome outcome) {
    written.requirePending(sequence);
    append(new JournalLine.End(sequence, outcome));
  }

  @Override
  public synchronized void keep(SealedAnswer answer) {
    if (contentAtRisk || !written.kept(answer.claim()).equals(Optional.of(answer))) {
      append(new JournalLine.Keep(answer));
    }
  }

  @Override
  public synchronized void drop(ClaimId claim) {
    if (written.kept(claim).isPresent()) {
      append(new JournalLine.Drop(claim));
    }
  }

  private void append(JournalLine line) {
    try {
      if (length >= compactAt) {
        compact();
      }
      if (length == 0) {
        byte[] first = Checksum.line(new JournalLine.First(written.next()).write());
        file.write(0, first);
        file.force();
        length = first.length;
      }
      if (nameAtRisk) {
        folder.force();
        nameAtRisk = false;
      }
      byte[] bytes = Checksum.line(line.write());
      // Over a line that was cut off, by a crash or by an earlier append that failed.
      file.write(length, bytes);
      file.force();
      contentAtRisk = false;
      apply(line);
      // Last: if memory did not suffice to take in the line, the next one replaces it.
      length += bytes.length;
    } catch (IOException e) {
      throw new JournalException(path, e);
    }
  }

  /** Writes what still counts to a new file, if that is shorter, and takes it into use. */
  private void compact() {
    byte[] content = snapshot();
    if (!closed && content.length < length) {
      try {
        replace(content);
      } catch (IOException e) {
        // The old file says the same. What matters is whether the next line can be written to it.
      }
    }
    compactAt = Math.max(limit, 2 * length);
  }

  private byte[] snapshot() {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(Checksum.line(new JournalLine.First(written.next()).write()));
    for (PendingIntent intent : written.pending()) {
      content.writeBytes(
          Checksum.line(new JournalLine.Begin(intent.sequence(), intent.intent()).write()));
      intent
          .sent()
          .map(sent -> new JournalLine.Sent(intent.sequence(), sent))
          .ifPresent(line -> content.writeBytes(Checksum.line(line.write())));
    }
    for (SealedAnswer answer : written.kept()) {
      content.writeBytes(Checksum.line(new JournalLine.Keep(answer).write()));
    }
    return content.toByteArray();
  }

  private void replace(byte[] content) throws IOException {
    JournalFile created = folder.create();
    boolean replaced = false;
    try {
      created.write(0, content);
      created.force();
      folder.replace(created);
      replaced = true;
    } finally {
      if (!replaced) {
        created.close();
      }
    }
    JournalFile old = file;
    file = created;
    contentAtRisk = false;
    length = content.length;
    nameAtRisk = true;
    old.close();
  }

  @Override
  public List<PendingIntent> pending() {
    return written.pending();
  }

  @Override
  public Optional<SealedAnswer> kept(ClaimId claim) {
    return written.kept(claim);
  }

  @Override
  public List<SealedAnswer> kept() {
    return written.kept();
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      file.close();
    } catch (IOException e) {
      throw new JournalException(path, e);
    }
  }
}
