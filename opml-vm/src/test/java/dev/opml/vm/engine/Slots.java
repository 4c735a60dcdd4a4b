package dev.opml.vm.engine;

import dev.opml.vm.memory.MemoryExtent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Memory as 128-byte slots by address; slots that are zero are left out. */
final class Slots {
  private static final int SIZE = 128;
  private static final ByteBuffer ZERO = ByteBuffer.wrap(new byte[SIZE]);

  private final Map<Long, ByteBuffer> slots = new TreeMap<>();

  static Slots of(List<MemoryExtent> extents) {
    Slots slots = new Slots();
    extents.forEach(extent -> slots.write(extent.base(), extent.bytes()));
    return slots;
  }

  void write(long address, MemorySegment bytes) {
    if (address % SIZE != 0 || bytes.byteSize() % SIZE != 0) {
      throw new AssertionError(
          "%d bytes at 0x%x are not whole slots".formatted(bytes.byteSize(), address));
    }
    for (long at = 0; at < bytes.byteSize(); at += SIZE) {
      ByteBuffer slot = ByteBuffer.wrap(bytes.asSlice(at, SIZE).toArray(ValueLayout.JAVA_BYTE));
      if (slot.equals(ZERO)) {
        slots.remove(address + at);
      } else {
        slots.put(address + at, slot);
      }
    }
  }

  /** Adds addresses and bytes to a digest, in ascending order. */
  void digest(MessageDigest digest) {
    slots.forEach((address, slot) -> {
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(address).flip());
      digest.update(slot.duplicate());
    });
  }

  Map<Long, ByteBuffer> nonZero() {
    return slots;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Slots that && slots.equals(that.slots);
  }

  @Override
  public int hashCode() {
    return slots.hashCode();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    slots.forEach((address, slot) -> text.append("%x:%08x ".formatted(address, slot.hashCode())));
    return text.toString();
  }
}
