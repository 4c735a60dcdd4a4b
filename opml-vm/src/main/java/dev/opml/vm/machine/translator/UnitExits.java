package dev.opml.vm.machine.translator;

import static java.lang.constant.ConstantDescs.CD_long;

import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.interpreter.ProgramCode;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** The ways out of a unit, and other bytecode that is rarely executed, behind the rest. */
final class UnitExits {
  private static final ClassDesc HART = ClassDesc.of(Hart.class.getName());

  private final CodeBuilder code;
  private final ProgramCode program;
  private final Label exit;
  private final Map<Integer, Label> before = new HashMap<>();
  private final Map<Integer, Label> at = new HashMap<>();
  private final Deque<Runnable> later = new ArrayDeque<>();

  UnitExits(CodeBuilder code, ProgramCode program) {
    this.code = code;
    this.program = program;
    this.exit = code.newLabel();
  }

  /** Appends bytecode at the end of the method. */
  void later(Runnable part) {
    later.add(part);
  }

  /** Where to jump to go on at an instruction outside the unit, the block being finished. */
  Label at(int index) {
    return at.computeIfAbsent(index, i -> exit(i, 0));
  }

  /** Where to jump instead of executing an instruction of a block whose price is paid already. */
  Label before(Block block, int index) {
    return before.computeIfAbsent(index, i -> exit(i, block.end() - i));
  }

  /** Where to jump when {@link UnitLocals#PC} is set and the block is finished. */
  Label everywhere() {
    return exit;
  }

  private Label exit(int index, int refund) {
    Label label = code.newLabel();
    later.add(() -> {
      code.labelBinding(label);
      if (refund != 0) {
        code.iinc(UnitLocals.BUDGET, refund);
      }
      code.loadConstant(program.address(index)).lstore(UnitLocals.PC).goto_(exit);
    });
    return label;
  }

  /** Writes what was put off, and the exit itself. */
  void finish(UnitLocals locals) {
    while (!later.isEmpty()) {
      later.pop().run();
    }
    code.labelBinding(exit);
    locals.store(code);
    code.aload(UnitLocals.HART).lload(UnitLocals.PC).putfield(HART, "pc", CD_long);
    code.iload(UnitLocals.BUDGET).ireturn();
  }
}
