package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.trace.MachineStatus;
import dev.opml.vm.machine.Disassembler;
import dev.opml.vm.machine.ElfMachine;
import dev.opml.vm.machine.MachineEngine;
import dev.opml.vm.machine.MachineFault;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code opml machine run}: a RISC-V program that is not opML's, such as a conformance test. */
@Command(
    name = "run",
    sortOptions = false,
    description = {
      "Runs a static RV64IM program from its entry point until 'ecall' with a7 = 93.",
      "All memory below 2^40 is readable and writable, and zero where the file has nothing; sp "
          + "starts at 2^40, other registers at zero."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0 to 255:the low 8 bits of the program's a0, when it ended",
      "2:the command line makes no sense",
      "3:the file was refused, or the program wrote more than 2^29 bytes",
      "124:the program was stopped by --max-instructions",
      "125:the program faulted"
    })
final class MachineRunCommand extends ElfCommand {
  private static final int A0 = 10;
  private static final int REGISTERS = 32;
  private static final int REGISTERS_A_LINE = 4;
  private static final long MOST_DUMPED = 1 << 24;

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      description = "translator (default) or interpreter; they differ in speed only.")
  private MachineEngine engine = MachineEngine.TRANSLATOR;

  @Option(
      names = "--max-instructions",
      paramLabel = "N",
      description = "Stop the program after N instructions; default: ${DEFAULT-VALUE}, 2^32.")
  private long maxInstructions = 1L << 32;

  @Option(
      names = "--dump-memory",
      paramLabel = "FROM:TO",
      converter = MemoryRange.Converter.class,
      description =
          "When the program has stopped, print the words from FROM to TO (exclusive; hexadecimal "
              + "multiples of 4) and nothing else: 8 hexadecimal digits a line, each line a "
              + "little-endian 32-bit word. Repeatable; 2^24 bytes at most.")
  private List<MemoryRange> dumps = List.of();

  @Option(
      names = "--trace",
      paramLabel = "N",
      description = "Print the first N instructions to standard error before each is executed.")
  private long traced;

  private int status;

  MachineRunCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  boolean execute(ObjectNode result) throws IOException {
    if (maxInstructions < 0) {
      throw usage("--max-instructions is negative: " + maxInstructions);
    }
    long dumped = dumps.stream().mapToLong(MemoryRange::size).sum();
    if (dumped > MOST_DUMPED) {
      throw usage("--dump-memory of %d bytes, at most %d".formatted(dumped, MOST_DUMPED));
    }
    ElfMachine machine = ElfMachine.start(program(), engine);
    while (machine.count() < Math.min(traced, maxInstructions)
        && machine.status() == MachineStatus.RUNNING) {
      terminal().err().println(instruction(machine));
      machine.runTo(machine.count() + 1);
    }
    machine.runTo(maxInstructions);
    report(machine, result);
    dump(machine, result);
    return true;
  }

  @Override
  int status(boolean holds) {
    return status;
  }

  private void report(ElfMachine machine, ObjectNode result) {
    result
        .put("status", machine.status().name().toLowerCase(Locale.ROOT))
        .put("instructions", machine.count())
        .put("pc", HexAddress.text(machine.pc()))
        .put("a0", machine.register(A0));
    switch (machine.status()) {
      case HALTED -> {
        status = (int) machine.register(A0) & 0xff;
        if (dumps.isEmpty()) {
          sayLine(
              "a0 = %d after %,d instructions".formatted(machine.register(A0), machine.count()));
        }
      }
      case FAULTED -> {
        status = ExitStatus.FAULTED;
        fault(machine, machine.fault().orElseThrow(), result);
      }
      case RUNNING -> {
        status = ExitStatus.STOPPED;
        complain(
            "stopped after %,d instructions (--max-instructions), before %s"
                .formatted(machine.count(), instruction(machine)));
      }
    }
  }

  private void complain(String what) {
    terminal().err().println(Printable.line("opml: " + subject() + ": " + what));
  }

  private void fault(ElfMachine machine, MachineFault fault, ObjectNode result) {
    complain("instruction %,d faulted: %s".formatted(machine.count() - 1, fault.describe()));
    for (int i = 0; i < REGISTERS; i += REGISTERS_A_LINE) {
      StringBuilder line = new StringBuilder();
      for (int k = i; k < i + REGISTERS_A_LINE; k++) {
        line.append("  %-4s %016x".formatted(Disassembler.register(k), machine.register(k)));
      }
      terminal().err().println(line);
    }
    result
        .putObject("fault")
        .put("cause", fault.cause().name().toLowerCase(Locale.ROOT))
        .put("instruction", fault.instruction())
        .put("value", HexAddress.text(fault.value()));
  }

  private void dump(ElfMachine machine, ObjectNode result) {
    ArrayNode all = result.putArray("memory");
    for (MemoryRange range : dumps) {
      ArrayNode words =
          all.addObject()
              .put("from", HexAddress.text(range.from()))
              .put("to", HexAddress.text(range.to()))
              .putArray("words");
      range.forEachWord(
          machine.memory(),
          word -> {
            String digits = "%08x".formatted(word);
            if (json()) {
              words.add(digits);
            } else {
              sayLine(digits);
            }
          });
    }
  }

  private static String instruction(ElfMachine machine) {
    return HexAddress.text(machine.pc()) + ": " + Disassembler.disassemble(machine);
  }
}
