package dev.opml.vm.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Small ELF files, right unless a test makes them wrong. */
public final class ElfBuilder {
  public static final int LOAD = 1;
  public static final int READ_EXECUTE = 5;
  public static final int READ_WRITE = 6;

  private record Segment(int type, int flags, long address, byte[] content, long memorySize) {}

  private long entry = 0x10000;
  private final List<Segment> segments = new ArrayList<>();
  private int page = 1;

  /** Another entry point than 0x10000. */
  public ElfBuilder entry(long address) {
    entry = address;
    return this;
  }

  /** Puts segments where an operating system can map them from: at their offsets in a page. */
  public ElfBuilder mappable() {
    page = 4096;
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
    ByteBuffer out = ByteBuffer.allocate(offset + size()).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
    out.putShort((short) 2).putShort((short) 243).putInt(1).putLong(entry).putLong(64).putLong(0);
    out.putInt(0).putShort((short) 64).putShort((short) 56).putShort((short) segments.size());
    out.position(64);
    for (Segment segment : segments) {
      offset += Math.floorMod(segment.address - offset, page);
      out.putInt(segment.type).putInt(segment.flags).putLong(offset);
      out.putLong(segment.address).putLong(segment.address);
      out.putLong(segment.content.length).putLong(segment.memorySize).putLong(Math.max(4, page));
      out.put(offset, segment.content);
      offset += segment.content.length;
    }
    return Arrays.copyOf(out.array(), offset);
  }

  private int size() {
    return segments.stream().mapToInt(segment -> segment.content.length + page).sum();
  }
}
