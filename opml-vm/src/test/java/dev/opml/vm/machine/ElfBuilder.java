package dev.opml.vm.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Small ELF files, right unless a test makes them wrong. */
public final class ElfBuilder {
  public static final int LOAD = 1;
  public static final int READ_EXECUTE = 5;

  private record Segment(int type, int flags, long address, byte[] content, long memorySize) {}

  private long entry = 0x10000;
  private final List<Segment> segments = new ArrayList<>();

  /** Another entry point than 0x10000. */
  public ElfBuilder entry(long address) {
    entry = address;
    return this;
  }

  public ElfBuilder segment(int type, int flags, long address, byte[] content, long memorySize) {
    segments.add(new Segment(type, flags, address, content, memorySize));
    return this;
  }

  public ElfBuilder code(long address, byte[] content) {
    return segment(LOAD, READ_EXECUTE, address, content, content.length);
  }

  public byte[] build() {
    int offset = 64 + 56 * segments.size();
    int size = offset + segments.stream().mapToInt(segment -> segment.content.length).sum();
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
    out.putShort((short) 2).putShort((short) 243).putInt(1).putLong(entry).putLong(64).putLong(0);
    out.putInt(0).putShort((short) 64).putShort((short) 56).putShort((short) segments.size());
    out.position(64);
    for (Segment segment : segments) {
      out.putInt(segment.type).putInt(segment.flags).putLong(offset);
      out.putLong(segment.address).putLong(segment.address);
      out.putLong(segment.content.length).putLong(segment.memorySize).putLong(4);
      offset += segment.content.length;
    }
    segments.forEach(segment -> out.put(segment.content));
    return out.array();
  }
}
