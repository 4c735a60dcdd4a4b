package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.OpmlException;
import dev.opml.api.trace.MachineStatus;
import dev.opml.vm.machine.Disassembler;
import dev.opml.vm.machine.ElfMachine;
import dev.opml.vm.machine.MachineEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code opml machine run}: RISC-V programs that are not opML's, such as conformance tests. */
@Command(
    name = "run",
    sortOptions = false,
    description = {
      "Runs a static RV64IM program from its entry point until 'ecall' with a7 = 93.",
      "All memory below 2^40 is readable and writable, and zero where the file has nothing; sp "
          + "starts at 2^40, other registers at zero.",
      "Of several ELFs, or a folder, each is run, and has one line with its name, status and "
          + "number of instructions."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0 to 255:the low 8 bits of the program's a0, when it ended",
      "2:the command line makes no sense",
      "3:the file was refused, or the program wrote more than 2^29 bytes",
      "124:the program was stopped by --max-instructions",
      "125:the program faulted"
    },
    footer = {
      "With several ELFs, or a folder: 0 if all ended with status 0; 3 if one was refused, or a "
          + "folder has none (the others are run all the same); else 1."
    })
final class MachineRunCommand extends Subcommand {
  private static final long MOST_DUMPED = 1 << 24;

  @Parameters(
      paramLabel = "ELF",
      arity = "1..*",
      description =
          "A static 64-bit RISC-V executable, or a folder: the ELFs in it, by name, but not those "
              + "in folders in it.")
  private List<Path> elfs = List.of();

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      description =
          "translator (default), interpreter or reference; they differ in speed only. The "
              + "reference executes each instruction as an arbiter does, and is there to be "
              + "compared with the others: slow, also where a program never ends.")
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
  Path subject() {
    return elfs.getFirst();
  }

  @Override
  int status(boolean holds) {
    return status;
  }

  @Override
  boolean execute(ObjectNode result) throws IOException {
    checkOptions();
    if (isOne()) {
      runAlone(subject(), result);
    } else {
      ArrayNode programs = result.putArray("programs");
      elfs.forEach(elf -> runAmongOthers(elf, programs));
    }
    return true;
  }

  private boolean isOne() {
    return elfs.size() == 1 && !Files.isDirectory(elfs.getFirst());
  }

  private void checkOptions() {
    if (maxInstructions < 0) {
      throw usage("--max-instructions is negative: " + maxInstructions);
    }
    if (traced < 0) {
      throw usage("--trace is negative: " + traced);
    }
    long dumped = dumps.stream().mapToLong(MemoryRange::size).sum();
    if (dumped > MOST_DUMPED) {
      throw usage("--dump-memory of %d bytes, at most %d".formatted(dumped, MOST_DUMPED));
    }
    if (elfs.contains(Path.of(""))) {
      throw usage("the name of an ELF is empty"); // and not the folder that opml was started in
    }
    if (!isOne() && (traced > 0 || !dumps.isEmpty())) {
      throw usage("--trace and --dump-memory are for one ELF, not for several or a folder");
    }
  }

  private void runAlone(Path elf, ObjectNode result) throws IOException {
    ElfMachine machine = ElfMachine.start(ElfFiles.read(elf), engine);
    while (machine.count() < Math.min(traced, maxInstructions)
        && machine.status() == MachineStatus.RUNNING) {
      String text = Disassembler.disassemble(machine);
      terminal().err().println(HexAddress.text(machine.pc()) + ": " + text);
      machine.runTo(machine.count() + 1);
    }
    machine.runTo(maxInstructions);
    ProgramEnd end = new ProgramEnd(machine);
    status = end.status();
    end.addTo(result);
    if (machine.status() != MachineStatus.HALTED) {
      terminal().err().println(Printable.line("opml: " + elf + ": " + end.describe()));
    } else if (dumps.isEmpty()) {
      sayLine(end.describe());
    }
    if (machine.status() == MachineStatus.FAULTED) {
      end.registers().forEach(terminal().err()::println);
    }
    dump(machine, result);
  }

  /** Runs a program, or those in a folder; what is refused stops no other. */
  private void runAmongOthers(Path elf, ArrayNode programs) {
    try {
      if (Files.isDirectory(elf)) {
        runFolder(elf, programs);
        return;
      }
      ElfMachine machine = ElfMachine.start(ElfFiles.read(elf), engine);
      machine.runTo(maxInstructions);
      ProgramEnd end = new ProgramEnd(machine);
      end.addTo(programs.addObject().put("file", elf.toString()));
      sayLine(Printable.line(elf + ": " + end.summary()));
      if (end.status() != 0 && status == ExitStatus.HOLDS) {
        status = ExitStatus.DOES_NOT_HOLD;
      }
    } catch (IOException | UncheckedIOException | OpmlException e) {
      Failure failure = Failure.of(e, elf);
      programs
          .addObject()
          .put("file", elf.toString())
          .put("error", failure.line())
          .put("exitStatus", failure.status());
      sayLine(failure.line());
      status = failure.status();
    }
  }

  private void runFolder(Path folder, ArrayNode programs) throws IOException {
    List<Path> found = ElfFiles.in(folder);
    if (found.isEmpty()) {
      throw new OpmlException("no ELF is in this folder");
    }
    found.forEach(elf -> runAmongOthers(elf, programs));
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
}
