package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.trace.MachineStatus;
import dev.opml.vm.machine.Disassembler;
import dev.opml.vm.machine.ElfMachine;
import dev.opml.vm.machine.MachineFault;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** How a program ended, or where it was stopped: as text for people, and as JSON. */
final class ProgramEnd {
  private static final int A0 = 10;
  private static final int REGISTERS = 32;
  private static final int REGISTERS_A_LINE = 4;

  private final ElfMachine machine;

  /** The end of a machine that has halted or faulted, or will not be run any further. */
  ProgramEnd(ElfMachine machine) {
    this.machine = machine;
  }

  /** Exit status, 0 to 255. */
  int status() {
    return switch (machine.status()) {
      case HALTED -> (int) machine.register(A0) & 0xff;
      case FAULTED -> ExitStatus.FAULTED;
      case RUNNING -> ExitStatus.STOPPED;
    };
  }

  /**
   * Instructions executed. One that faulted is not among them, so this is its index, counted from
   * 0; one that halted is.
   */
  private long instructions() {
    return machine.status() == MachineStatus.FAULTED ? machine.count() - 1 : machine.count();
  }

  /** One line about a program that was run alone. */
  String describe() {
    return switch (machine.status()) {
      case HALTED -> "a0 = %s after %,d instructions".formatted(result(), instructions());
      case FAULTED ->
          "instruction %,d (counted from 0) faulted: %s"
              .formatted(instructions(), fault().describe());
      case RUNNING ->
          "stopped after %,d instructions (--max-instructions), before %s"
              .formatted(instructions(), next());
    };
  }

  /** The same as one line among others: status, instructions and, unless it halted, why. */
  String summary() {
    String end = "status %d after %,d instructions".formatted(status(), instructions());
    return switch (machine.status()) {
      case HALTED -> end;
      case FAULTED -> end + ", fault: " + fault().describe();
      case RUNNING -> end + ", stopped by --max-instructions before " + next();
    };
  }

  private String result() {
    String a0 = Long.toUnsignedString(machine.register(A0));
    return machine.register(A0) == status() ? a0 : a0 + " (status " + status() + ")";
  }

  private MachineFault fault() {
    return machine.fault().orElseThrow();
  }

  private String next() {
    return HexAddress.text(machine.pc()) + ": " + Disassembler.disassemble(machine);
  }

  /** All registers, four in a line. */
  List<String> registers() {
    return IntStream.range(0, REGISTERS / REGISTERS_A_LINE).mapToObj(this::registers).toList();
  }

  private String registers(int line) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < REGISTERS_A_LINE; i++) {
      int register = line * REGISTERS_A_LINE + i;
      text.append(
          "  %-4s %016x".formatted(Disassembler.register(register), machine.register(register)));
    }
    return text.toString();
  }

  /** Adds all that the text has; registers unless the program halted. */
  void addTo(ObjectNode result) {
    result
        .put("status", name(machine.status()))
        .put("exitStatus", status())
        .put("instructions", instructions())
        .put("pc", HexAddress.text(machine.pc()))
        .put("a0", new BigInteger(Long.toUnsignedString(machine.register(A0))));
    switch (machine.status()) {
      case HALTED -> {}
      case FAULTED -> {
        MachineFault fault = fault();
        result
            .putObject("fault")
            .put("cause", name(fault.cause()))
            .put("index", instructions())
            .put("instruction", fault.instruction())
            .put("value", HexAddress.text(fault.value()));
        addRegistersTo(result);
      }
      case RUNNING -> {
        result
            .putObject("stop")
            .put("cause", "max_instructions")
            .put("instruction", Disassembler.disassemble(machine));
        addRegistersTo(result);
      }
    }
  }

  private void addRegistersTo(ObjectNode result) {
    ObjectNode registers = result.putObject("registers");
    for (int i = 0; i < REGISTERS; i++) {
      registers.put(Disassembler.register(i), HexAddress.text(machine.register(i)));
    }
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
