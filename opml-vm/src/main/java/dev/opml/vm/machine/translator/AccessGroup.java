package dev.opml.vm.machine.translator;

import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.instruction.Opcode;
import dev.opml.vm.machine.interpreter.PreDecoded;
import dev.opml.vm.memory.GuestMemory;
import org.jspecify.annotations.Nullable;

/**
 * Loads and stores of one block through the same value of the same register. One check stands for
 * all of them: they lie in one page, and an address that is a multiple of the largest size makes
 * all others multiples of theirs. Where the check fails one of them faults, or they cross into
 * another page, which is rare; the interpreter takes over before the first of them.
 */
final class AccessGroup {
  private final int base;
  private final int first;
  private int low;
  private int high;
  private int size;
  private boolean stores;

  /** A group of no access yet; {@code first} is the index of the instruction that opens it. */
  private AccessGroup(int base, int first, int offset) {
    this.base = base;
    this.first = first;
    this.low = offset;
    this.high = offset;
  }

  /** The group of each access of a block, null for other instructions. */
  static @Nullable AccessGroup[] of(long[] code, Block block) {
    @Nullable AccessGroup[] groups = new AccessGroup[block.length()];
    @Nullable AccessGroup[] open = new AccessGroup[Hart.SINK + 1];
    for (int i = 0; i < groups.length; i++) {
      long w = code[block.start() + i];
      int opcode = PreDecoded.opcode(w);
      boolean store = Opcode.isStore(opcode);
      if (store || Opcode.isLoad(opcode)) {
        int base = PreDecoded.rs1(w);
        int offset = (int) PreDecoded.immediate(w);
        int size = Opcode.accessSize(opcode);
        AccessGroup group = open[base];
        if (group == null || !group.admits(offset, size)) {
          group = new AccessGroup(base, block.start() + i, offset);
        }
        group.add(offset, size, store);
        open[base] = group;
        groups[i] = group;
      }
      if (!store) {
        open[PreDecoded.rd(w)] = null;
      }
    }
    return groups;
  }

  private boolean admits(int offset, int accessSize) {
    return offset >= low
        ? (offset - low) % accessSize == 0
        : (low - offset) % Math.max(size, accessSize) == 0;
  }

  private void add(int offset, int accessSize, boolean store) {
    low = Math.min(low, offset);
    high = Math.max(high, offset + accessSize);
    size = Math.max(size, accessSize);
    stores |= store;
  }

  /** The register. */
  int base() {
    return base;
  }

  /** Index in the code of the access where the check belongs. */
  int first() {
    return first;
  }

  /** Least distance in bytes from the register's value; the largest size divides its address. */
  int low() {
    return low;
  }

  /** Bytes from the lowest to the end of the highest access. */
  int span() {
    return high - low;
  }

  /** Whether the accesses can cross into another page though they are aligned. */
  boolean mayCross() {
    return span() > size;
  }

  /** Largest size of an access. */
  int size() {
    return size;
  }

  /** Whether any of them stores. */
  boolean stores() {
    return stores;
  }

  /** What the lowest address is compared with a page's address by. */
  long tagMask() {
    return GuestMemory.tagMask(size);
  }
}
