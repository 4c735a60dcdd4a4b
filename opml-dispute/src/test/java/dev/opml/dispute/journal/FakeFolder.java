package dev.opml.dispute.journal;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A folder in memory that tells apart what is written and what is on the disk, counts operations,
 * and can fail or lose power at any of them.
 */
final class FakeFolder implements JournalFolder {
  /** Bytes that are left of what was written and not forced when the power fails. */
  enum Data {
    /** Nothing. */
    LOST,
    /** The first half. */
    BEGINNING,
    /** The second half; the first is zeros. */
    END,
    /** All. */
    KEPT
  }

  /** The process is gone. */
  static final class Crashed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final String JOURNAL = "journal";
  private static final String NEW = "journal.new";

  private Map<String, Inode> names = new HashMap<>();
  private Map<String, Inode> forcedNames = new HashMap<>();
  private int operations;
  private int replacements;
  private int failing = Integer.MAX_VALUE;
  private boolean crashes;

  private final class Inode implements JournalFile {
    byte[] content = {};
    byte[] forced = {};

    @Override
    public byte[] read() {
      return content.clone();
    }

    @Override
    public void write(long offset, byte[] bytes) throws IOException {
      byte[] all = Arrays.copyOf(content, (int) offset + bytes.length);
      System.arraycopy(bytes, 0, all, (int) offset, bytes.length);
      content = Arrays.copyOf(all, (int) offset + bytes.length / 2);
      step();
      content = all;
    }

    @Override
    public void force() throws IOException {
      step();
      forced = content;
    }

    @Override
    public void close() {}

    Inode afterLosingPower(Data data, FakeFolder folder) {
      Inode left = folder.new Inode();
      int same = 0;
      while (same < Math.min(content.length, forced.length) && content[same] == forced[same]) {
        same++;
      }
      int half = same + (content.length - same) / 2;
      left.content =
          switch (data) {
            case LOST -> forced.clone();
            case BEGINNING -> content.length > same ? Arrays.copyOf(content, half) : forced.clone();
            case END -> {
              byte[] end = content.clone();
              Arrays.fill(end, same, half, (byte) 0);
              yield end;
            }
            case KEPT -> content.clone();
          };
      left.forced = left.content;
      return left;
    }
  }

  /** Lets an operation fail: once, or for good because the process dies. */
  void failAt(int operation, boolean crash) {
    failing = operation;
    crashes = crash;
  }

  private void step() throws IOException {
    int operation = operations++;
    if (crashes && operation >= failing) {
      throw new Crashed();
    }
    if (operation == failing) {
      throw new IOException("the disk fails");
    }
  }

  /** Number of operations so far. */
  int operations() {
    return operations;
  }

  /** The process ends; what it has written is still there. */
  void restart() {
    failing = Integer.MAX_VALUE;
    crashes = false;
  }

  /** The folder after a loss of power. */
  FakeFolder afterLosingPower(Data data, boolean namesKept) {
    FakeFolder left = new FakeFolder();
    (namesKept ? names : forcedNames)
        .forEach((name, inode) -> left.names.put(name, inode.afterLosingPower(data, left)));
    left.forcedNames = new HashMap<>(left.names);
    return left;
  }

  /** Number of times that a new file took the journal's place. */
  int replacements() {
    return replacements;
  }

  @Override
  public JournalFile open() throws IOException {
    step();
    return names.computeIfAbsent(JOURNAL, _ -> new Inode());
  }

  @Override
  public JournalFile create() throws IOException {
    step();
    Inode created = new Inode();
    names.put(NEW, created);
    return created;
  }

  @Override
  public void replace(JournalFile created) throws IOException {
    step();
    names.remove(NEW);
    names.put(JOURNAL, (Inode) created);
    replacements++;
  }

  @Override
  public void force() throws IOException {
    step();
    forcedNames = new HashMap<>(names);
  }
}
