package dev.opml.vm.machine.translator;

import dev.opml.vm.machine.hart.Hart;
import java.lang.classfile.CodeBuilder;

/** The local variables of a unit's method: arguments, guest registers, and what else it allots. */
final class UnitLocals {
  static final int HART = 1;
  static final int REGISTERS = 2;
  static final int MEMORY = 3;
  static final int BUDGET = 4;

  /** Address of the next instruction, a long, when the unit is left. */
  static final int PC = 5;

  /** An address, a long. */
  static final int ADDRESS = 7;

  /** An offset in a page, or a shift, an int. */
  static final int OFFSET = 9;

  /** Tags and pages of {@link dev.opml.vm.memory.RecentPages}. */
  static final int TAGS = 10;

  static final int PAGES = 11;

  private static final int FIRST_FREE = 12;

  private final int[] slots = new int[Hart.SINK];
  private final boolean[] written = new boolean[Hart.SINK];
  private int next = FIRST_FREE;

  /** Makes {@code register} a local variable, if it is not one. */
  void use(int register) {
    if (register != 0 && register != Hart.SINK && slots[register] == 0) {
      slots[register] = allot(2);
    }
  }

  /** As {@link #use}; the variable is written back when the unit is left. */
  void define(int register) {
    use(register);
    if (register != Hart.SINK) {
      written[register] = true;
    }
  }

  /** A new local variable; a long needs two slots. */
  int allot(int slotCount) {
    int slot = next;
    next += slotCount;
    return slot;
  }

  /** Pushes a register's value. */
  void push(CodeBuilder code, int register) {
    if (register == 0) {
      code.lconst_0();
    } else {
      code.lload(slots[register]);
    }
  }

  /** Pops a value into a register that is not the sink. */
  void pop(CodeBuilder code, int register) {
    code.lstore(slots[register]);
  }

  void load(CodeBuilder code) {
    for (int register = 1; register < Hart.SINK; register++) {
      if (slots[register] != 0) {
        code.aload(REGISTERS).loadConstant(register).laload().lstore(slots[register]);
      }
    }
  }

  void store(CodeBuilder code) {
    for (int register = 1; register < Hart.SINK; register++) {
      if (written[register]) {
        code.aload(REGISTERS).loadConstant(register).lload(slots[register]).lastore();
      }
    }
  }
}
