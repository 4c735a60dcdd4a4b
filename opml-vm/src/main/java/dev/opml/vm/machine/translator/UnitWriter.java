package dev.opml.vm.machine.translator;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.instruction.Opcode;
import dev.opml.vm.machine.interpreter.PreDecoded;
import dev.opml.vm.machine.interpreter.ProgramCode;
import dev.opml.vm.memory.GuestMemory;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the class of a unit: one method, in which guest registers are local variables and the
 * blocks of a region jump to each other. Each block subtracts its length from the budget; one block
 * in each cycle leaves when the budget might not last until the next check.
 */
public final class UnitWriter {
  private static final ClassDesc UNIT = ClassDesc.of(Unit.class.getName());
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(
          CD_int,
          ClassDesc.of(Hart.class.getName()),
          CD_long.arrayType(),
          ClassDesc.of(GuestMemory.class.getName()),
          CD_int);

  private final ProgramCode program;
  private final Region region;
  private final CodeBuilder code;
  private final UnitLocals locals = new UnitLocals();
  private final UnitExits exits;
  private final UnitArithmetic arithmetic;
  private final UnitMemory memory;
  private final Map<Integer, Label> labels = new HashMap<>();

  private UnitWriter(ProgramCode program, Region region, int firstPlace, CodeBuilder code) {
    this.program = program;
    this.region = region;
    this.code = code;
    this.exits = new UnitExits(code, program);
    this.arithmetic = new UnitArithmetic(code, locals);
    this.memory = new UnitMemory(code, locals, exits, firstPlace);
  }

  /** The class file of a unit, in the package of {@link Unit}. */
  public static byte[] write(ProgramCode program, Region region, int firstPlace) {
    return ClassFile.of()
        .build(
            ClassDesc.of(Unit.class.getName() + Long.toHexString(program.address(region.entry()))),
            type ->
                type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                    .withInterfaceSymbols(UNIT)
                    .withMethodBody(
                        INIT_NAME,
                        MTD_void,
                        0,
                        body ->
                            body.aload(0).invokespecial(CD_Object, INIT_NAME, MTD_void).return_())
                    .withMethodBody(
                        "run",
                        RUN,
                        ClassFile.ACC_PUBLIC,
                        body -> new UnitWriter(program, region, firstPlace, body).writeRun()));
  }

  private void writeRun() {
    List<Block> blocks = region.blocks();
    blocks.forEach(this::prepare);
    locals.load(code);
    memory.open();
    code.goto_(label(region.entry()));
    for (int i = 0; i < blocks.size(); i++) {
      writeBlock(blocks.get(i), i + 1 < blocks.size() ? blocks.get(i + 1).start() : -1);
    }
    exits.finish(locals);
  }

  private void prepare(Block block) {
    labels.put(block.start(), code.newLabel());
    for (int i = block.start(); i < block.end(); i++) {
      long w = program.code()[i];
      locals.use(PreDecoded.rs1(w));
      locals.use(PreDecoded.rs2(w));
      if (writesRegister(PreDecoded.opcode(w))) {
        locals.define(PreDecoded.rd(w));
      }
    }
  }

  private static boolean writesRegister(int opcode) {
    return opcode > Opcode.ILLEGAL
        && !Opcode.isBranch(opcode)
        && !Opcode.isStore(opcode)
        && opcode < Opcode.FENCE;
  }

  private Label label(int index) {
    Label label = labels.get(index);
    return label != null ? label : exits.at(index);
  }

  private void writeBlock(Block block, int following) {
    code.labelBinding(label(block.start()));
    if (region.isChecked(block.start())) {
      code.iload(UnitLocals.BUDGET).loadConstant(region.leastBudget());
      code.if_icmplt(exits.at(block.start()));
    }
    code.iinc(UnitLocals.BUDGET, -block.length());
    @Nullable AccessGroup[] accesses = AccessGroup.of(program.code(), block);
    for (int i = block.start(); i < block.end(); i++) {
      long w = program.code()[i];
      AccessGroup group = accesses[i - block.start()];
      if (group != null) {
        memory.access(group, block, i, w);
      } else if (i < block.last()) {
        compute(i, w);
      } else {
        writeEnd(block, w, following);
        return;
      }
    }
    goTo(block.end(), following);
  }

  private void compute(int index, long w) {
    if (PreDecoded.rd(w) != Hart.SINK && PreDecoded.opcode(w) != Opcode.FENCE) {
      arithmetic.compute(w, program.address(index));
    }
  }

  private void writeEnd(Block block, long w, int following) {
    int opcode = PreDecoded.opcode(w);
    if (Opcode.isBranch(opcode)) {
      arithmetic.branch(w, label(PreDecoded.target(w)));
      goTo(block.end(), following);
    } else if (opcode == Opcode.JAL) {
      link(block, w);
      goTo(PreDecoded.target(w), following);
    } else if (opcode == Opcode.JALR) {
      writeIndirectJump(block, w);
    } else if (opcode == Opcode.FENCE || writesRegister(opcode)) {
      compute(block.last(), w);
      goTo(block.end(), following);
    } else {
      code.goto_(exits.before(block, block.last()));
    }
  }

  /**
   * Compares the target with those that are expected, and leaves the unit for others: so a return
   * leads from one unit into the next. Only the interpreter jumps to misaligned targets.
   */
  private void writeIndirectJump(Block block, long w) {
    locals.push(code, PreDecoded.rs1(w));
    code.loadConstant(PreDecoded.immediate(w)).ladd().loadConstant(-2L).land();
    code.lstore(UnitLocals.ADDRESS);
    for (int target : region.successors(block)) {
      Label other = code.newLabel();
      code.lload(UnitLocals.ADDRESS).loadConstant(program.address(target)).lcmp().ifne(other);
      link(block, w);
      code.goto_(label(target)).labelBinding(other);
    }
    code.lload(UnitLocals.ADDRESS).l2i().iconst_2().iand();
    code.ifne(exits.before(block, block.last()));
    link(block, w);
    code.lload(UnitLocals.ADDRESS).lstore(UnitLocals.PC).goto_(exits.everywhere());
  }

  private void link(Block block, long w) {
    if (PreDecoded.rd(w) != Hart.SINK) {
      code.loadConstant(program.address(block.end()));
      locals.pop(code, PreDecoded.rd(w));
    }
  }

  private void goTo(int index, int following) {
    if (index != following) {
      code.goto_(label(index));
    }
  }
}
