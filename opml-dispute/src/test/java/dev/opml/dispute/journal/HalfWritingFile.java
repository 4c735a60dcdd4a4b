package dev.opml.dispute.journal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** A file on a disk that can be full: the write that does not fit is cut off, and fails. */
final class HalfWritingFile extends RandomAccessFile {
  /** Bytes that still fit. */
  int room = Integer.MAX_VALUE;

  HalfWritingFile(Path path) throws IOException {
    super(path.toFile(), "rw");
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    if (bytes.length <= room) {
      super.write(bytes);
    } else {
      super.write(bytes, 0, room);
      throw new IOException("no space left on device");
    }
  }
}
