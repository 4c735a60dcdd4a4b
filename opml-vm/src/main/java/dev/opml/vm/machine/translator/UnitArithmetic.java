package dev.opml.vm.machine.translator;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import dev.opml.vm.machine.instruction.Alu;
import dev.opml.vm.machine.instruction.Opcode;
import dev.opml.vm.machine.interpreter.PreDecoded;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/** Bytecode of arithmetic operations and of branch conditions. */
final class UnitArithmetic {
  private static final ClassDesc ALU = ClassDesc.of(Alu.class.getName());
  private static final ClassDesc LONG = ClassDesc.of("java.lang.Long");
  private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");
  private static final MethodTypeDesc COMPARISON = MethodTypeDesc.of(CD_int, CD_long, CD_long);
  private static final MethodTypeDesc BINARY = MethodTypeDesc.of(CD_long, CD_long, CD_long);

  private final CodeBuilder code;
  private final UnitLocals locals;

  UnitArithmetic(CodeBuilder code, UnitLocals locals) {
    this.code = code;
    this.locals = locals;
  }

  /** Executes an operation that only changes rd, which is not the sink. */
  void compute(long w, long pc) {
    switch (PreDecoded.opcode(w)) {
      case Opcode.LUI -> code.loadConstant(PreDecoded.immediate(w));
      case Opcode.AUIPC -> code.loadConstant(pc + PreDecoded.immediate(w));
      case Opcode.ADDI -> withImmediate(w).ladd();
      case Opcode.SLTI -> withImmediate(w).lcmp().bipush(31).iushr().i2l();
      case Opcode.SLTIU -> unsignedLess(withImmediate(w));
      case Opcode.XORI -> withImmediate(w).lxor();
      case Opcode.ORI -> withImmediate(w).lor();
      case Opcode.ANDI -> withImmediate(w).land();
      case Opcode.SLLI -> withAmount(w).lshl();
      case Opcode.SRLI -> withAmount(w).lushr();
      case Opcode.SRAI -> withAmount(w).lshr();
      case Opcode.ADDIW -> withImmediate(w).ladd().l2i().i2l();
      case Opcode.SLLIW -> wordWithAmount(w).ishl().i2l();
      case Opcode.SRLIW -> wordWithAmount(w).iushr().i2l();
      case Opcode.SRAIW -> wordWithAmount(w).ishr().i2l();
      case Opcode.ADD -> operands(w).ladd();
      case Opcode.SUB -> operands(w).lsub();
      case Opcode.SLL -> operands(w).l2i().lshl();
      case Opcode.SLT -> operands(w).lcmp().bipush(31).iushr().i2l();
      case Opcode.SLTU -> unsignedLess(operands(w));
      case Opcode.XOR -> operands(w).lxor();
      case Opcode.SRL -> operands(w).l2i().lushr();
      case Opcode.SRA -> operands(w).l2i().lshr();
      case Opcode.OR -> operands(w).lor();
      case Opcode.AND -> operands(w).land();
      case Opcode.ADDW -> operands(w).ladd().l2i().i2l();
      case Opcode.SUBW -> operands(w).lsub().l2i().i2l();
      case Opcode.SLLW -> words(w).ishl().i2l();
      case Opcode.SRLW -> words(w).iushr().i2l();
      case Opcode.SRAW -> words(w).ishr().i2l();
      case Opcode.MUL -> operands(w).lmul();
      case Opcode.MULH -> operands(w).invokestatic(MATH, "multiplyHigh", BINARY);
      case Opcode.MULHSU -> operands(w).invokestatic(ALU, "multiplyHighSignedUnsigned", BINARY);
      case Opcode.MULHU -> operands(w).invokestatic(MATH, "unsignedMultiplyHigh", BINARY);
      case Opcode.DIV -> operands(w).invokestatic(ALU, "divide", BINARY);
      case Opcode.DIVU -> operands(w).invokestatic(ALU, "divideUnsigned", BINARY);
      case Opcode.REM -> operands(w).invokestatic(ALU, "remainder", BINARY);
      case Opcode.REMU -> operands(w).invokestatic(ALU, "remainderUnsigned", BINARY);
      case Opcode.MULW -> operands(w).lmul().l2i().i2l();
      case Opcode.DIVW -> operands(w).invokestatic(ALU, "divideWord", BINARY);
      case Opcode.DIVUW -> operands(w).invokestatic(ALU, "divideUnsignedWord", BINARY);
      case Opcode.REMW -> operands(w).invokestatic(ALU, "remainderWord", BINARY);
      case Opcode.REMUW -> operands(w).invokestatic(ALU, "remainderUnsignedWord", BINARY);
      default -> throw new IllegalArgumentException("opcode " + PreDecoded.opcode(w));
    }
    locals.pop(code, PreDecoded.rd(w));
  }

  /** Jumps to {@code taken} if the branch is taken. */
  void branch(long w, Label taken) {
    operands(w);
    switch (PreDecoded.opcode(w)) {
      case Opcode.BEQ -> code.lcmp().ifeq(taken);
      case Opcode.BNE -> code.lcmp().ifne(taken);
      case Opcode.BLT -> code.lcmp().iflt(taken);
      case Opcode.BGE -> code.lcmp().ifge(taken);
      case Opcode.BLTU -> code.invokestatic(LONG, "compareUnsigned", COMPARISON).iflt(taken);
      case Opcode.BGEU -> code.invokestatic(LONG, "compareUnsigned", COMPARISON).ifge(taken);
      default -> throw new IllegalArgumentException("opcode " + PreDecoded.opcode(w));
    }
  }

  private void unsignedLess(CodeBuilder operands) {
    operands.invokestatic(LONG, "compareUnsigned", COMPARISON).bipush(31).iushr().i2l();
  }

  private CodeBuilder operands(long w) {
    locals.push(code, PreDecoded.rs1(w));
    locals.push(code, PreDecoded.rs2(w));
    return code;
  }

  private CodeBuilder words(long w) {
    locals.push(code, PreDecoded.rs1(w));
    code.l2i();
    locals.push(code, PreDecoded.rs2(w));
    return code.l2i();
  }

  private CodeBuilder withImmediate(long w) {
    locals.push(code, PreDecoded.rs1(w));
    return code.loadConstant(PreDecoded.immediate(w));
  }

  private CodeBuilder withAmount(long w) {
    locals.push(code, PreDecoded.rs1(w));
    return code.loadConstant((int) PreDecoded.immediate(w));
  }

  private CodeBuilder wordWithAmount(long w) {
    locals.push(code, PreDecoded.rs1(w));
    return code.l2i().loadConstant((int) PreDecoded.immediate(w));
  }
}
