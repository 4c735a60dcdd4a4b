package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MachineCommandTest {
  private static final String COMPILER = "riscv64-unknown-elf-gcc";
  private static final long RAM = 0x8000_0000L;
  private static final int EXIT_NUMBER = 0x05d0_0893; // li a7, 93
  private static final int ECALL = 0x0000_0073;

  @TempDir private Path folder;

  /** An ELF with one segment of everything, at an address, which the words begin. */
  private Path elf(long address, int... words) throws IOException {
    return elf(folder.resolve("program.elf"), address, words);
  }

  private static Path elf(Path file, long address, int... words) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(64 + 56 + 4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
    out.putShort((short) 2).putShort((short) 243).putInt(1).putLong(address).putLong(64);
    out.putLong(0).putInt(0).putShort((short) 64).putShort((short) 56).putShort((short) 1);
    out.position(64).putInt(1).putInt(7).putLong(64 + 56).putLong(address).putLong(address);
    out.putLong(4L * words.length).putLong(4096).putLong(4);
    for (int word : words) {
      out.putInt(word);
    }
    return Files.write(file, out.array());
  }

  /** A program that ends with a status, of 0 to 2047. */
  private static Path exit(Path file, int status) throws IOException {
    return elf(file, RAM, 0x0000_0513 | status << 20, EXIT_NUMBER, ECALL); // li a0, status
  }

  /** A program that faults at its second instruction. */
  private static Path fault(Path file) throws IOException {
    return elf(file, RAM, 0x0070_0513, 0xf140_2573); // li a0, 7; csrr a0, mhartid
  }

  @ParameterizedTest
  @ValueSource(strings = {"translator", "interpreter", "reference"})
  void run_programThatExits_returnsItsA0(String engine) throws IOException {
    Path exit = elf((1L << 40) - 4096, 0x12b0_0513, EXIT_NUMBER, ECALL); // li a0, 299
    CommandRun run = CommandRun.of("machine", "run", exit, "--engine", engine).expect(299 - 256);
    assertEquals("a0 = 299 (status 43) after 3 instructions\n", run.out());
    assertEquals("", run.err());
  }

  @ParameterizedTest
  @CsvSource({
    "0x00000513, 0, 0", // li a0, 0
    "0x0c800513, 200, 200", // li a0, 200
    "0x0ff00513, 255, 255", // li a0, 255
    "0x10000513, 256 (status 0), 0", // li a0, 256
    "0xfc800513, 18446744073709551560 (status 200), 200", // li a0, -56
    "0xfff00513, 18446744073709551615 (status 255), 255", // li a0, -1
  })
  void run_a0_isUnsignedAndItsStatusAByte(String instruction, String text, int status)
      throws IOException {
    Path exit = elf(RAM, Long.decode(instruction).intValue(), EXIT_NUMBER, ECALL);
    CommandRun run = CommandRun.of("machine", "run", exit).expect(status);
    assertEquals("a0 = " + text + " after 3 instructions\n", run.out());
    JsonNode json = CommandRun.of("machine", "run", exit, "--json").expect(status).json();
    assertEquals(status, json.get("exitStatus").intValue());
    assertEquals(text.split(" ")[0], json.get("a0").asText());
  }

  @Test
  void run_unknownCall_namesItsNumberUnsigned() throws IOException {
    Path call = elf(RAM, 0xfff0_0893, ECALL); // li a7, -1
    CommandRun run = CommandRun.of("machine", "run", call).expect(ExitStatus.FAULTED);
    assertTrue(run.err().contains("unknown ecall, a7 = 18446744073709551615 at"), run.err());
  }

  @Test
  void run_dumpMemory_printsWordsAndNothingElse() throws IOException {
    // lui t0, 0x10000; li t1, -2; sh t1, 2(t0)
    Path exit = elf(RAM, 0x1000_02b7, 0xffe0_0313, 0x0062_9123, EXIT_NUMBER, ECALL);
    CommandRun run =
        CommandRun.of(
                "machine",
                "run",
                exit,
                "--dump-memory",
                "0x10000000:10000008",
                "--dump-memory",
                "80000000:80000008")
            .expect(0);
    assertEquals("fffe0000\n00000000\n100002b7\nffe00313\n", run.out());
    JsonNode json =
        CommandRun.of("machine", "run", exit, "--json", "--dump-memory", "10000000:10000004")
            .expect(0)
            .json();
    assertEquals("fffe0000", json.at("/memory/0/words/0").textValue());
    assertEquals("halted", json.get("status").textValue());
    assertEquals(5, json.get("instructions").intValue());
  }

  @Test
  void run_fault_tellsWhereAndWhatAndTheRegisters() throws IOException {
    Path csr = fault(folder.resolve("csr.elf"));
    CommandRun run = CommandRun.of("machine", "run", csr).expect(ExitStatus.FAULTED);
    List<String> lines = run.err().lines().toList();
    assertEquals(
        "opml: "
            + csr
            + ": instruction 1 (counted from 0) faulted: illegal instruction at 0x80000004: "
            + "illegal 0xf1402573",
        lines.getFirst());
    assertEquals(1 + 32 / 4, lines.size());
    assertTrue(run.err().contains("a0   0000000000000007"), run.err());
    assertTrue(run.err().contains("sp   0000010000000000"), run.err());
    JsonNode json =
        CommandRun.of("machine", "run", csr, "--json").expect(ExitStatus.FAULTED).json();
    assertEquals("illegal_instruction", json.at("/fault/cause").textValue());
    assertEquals("0x80000004", json.get("pc").textValue());
    assertEquals(1, json.get("instructions").intValue());
    assertEquals(1, json.at("/fault/index").intValue());
    assertEquals("illegal 0xf1402573", json.at("/fault/instruction").textValue());
    assertEquals(registers(lines.subList(1, lines.size())), registers(json));
    assertFalse(CommandRun.of("machine", "run", exit(csr, 0), "--json").json().has("registers"));
  }

  private static Map<String, Long> registers(List<String> lines) {
    Map<String, Long> registers = new LinkedHashMap<>();
    for (String line : lines) {
      String[] words = line.strip().split(" +");
      for (int i = 0; i < words.length; i += 2) {
        registers.put(words[i], Long.parseUnsignedLong(words[i + 1], 16));
      }
    }
    return registers;
  }

  private static Map<String, Long> registers(JsonNode json) {
    Map<String, Long> registers = new LinkedHashMap<>();
    json.get("registers")
        .properties()
        .forEach(register -> {
          String digits = register.getValue().textValue().substring("0x".length());
          registers.put(register.getKey(), Long.parseUnsignedLong(digits, 16));
        });
    assertEquals(32, registers.size());
    return registers;
  }

  @Test
  void run_firstInstructionFaults_noneWasExecuted() throws IOException {
    Path breakpoint = elf(RAM, 0x0010_0073);
    CommandRun run = CommandRun.of("machine", "run", breakpoint).expect(ExitStatus.FAULTED);
    assertTrue(run.err().contains("instruction 0 (counted from 0) faulted: ebreak"), run.err());
    JsonNode json = CommandRun.of("machine", "run", breakpoint, "--json").json();
    assertEquals(0, json.get("instructions").intValue());
    assertEquals(0, json.at("/fault/index").intValue());
  }

  @Test
  void run_programThatNeverEnds_isStopped() throws IOException {
    Path loop = elf(RAM, 0x0000_006f);
    String line =
        CommandRun.of("machine", "run", loop, "--max-instructions", 1000)
            .expect(ExitStatus.STOPPED)
            .errorLine();
    assertEquals(
        "opml: "
            + loop
            + ": stopped after 1,000 instructions (--max-instructions), before "
            + "0x80000000: j 0x80000000",
        line);
    CommandRun.of("machine", "run", loop).expect(ExitStatus.STOPPED);
    JsonNode json =
        CommandRun.of("machine", "run", loop, "--json", "--max-instructions", 1000)
            .expect(ExitStatus.STOPPED)
            .json();
    assertEquals("running", json.get("status").textValue());
    assertEquals(1000, json.get("instructions").intValue());
    assertEquals("0x80000000", json.get("pc").textValue());
    assertEquals("max_instructions", json.at("/stop/cause").textValue());
    assertEquals("j 0x80000000", json.at("/stop/instruction").textValue());
    assertEquals(1L << 40, registers(json).get("sp"));
  }

  @Test
  void run_anyEngine_tellsTheSame() throws IOException {
    List<Path> programs =
        List.of(
            exit(folder.resolve("exit"), 3),
            fault(folder.resolve("fault")),
            elf(folder.resolve("loop"), RAM, 0x0012_8293, 0xffdf_f06f)); // addi t0, t0, 1; j -4
    for (Path program : programs) {
      Set<CommandRun> runs = new HashSet<>();
      for (String engine : List.of("reference", "interpreter", "translator")) {
        runs.add(
            CommandRun.of(
                "machine",
                "run",
                program,
                "--json",
                "--engine",
                engine,
                "--max-instructions",
                100_000));
      }
      assertEquals(1, runs.size(), runs.toString());
    }
  }

  @Test
  void run_several_hasALineEachAndGoesOn() throws IOException {
    Path good = exit(folder.resolve("good"), 0);
    Path bad = exit(folder.resolve("bad\u001b[2J"), 200);
    Path fault = fault(folder.resolve("fault"));
    Path loop = elf(folder.resolve("loop"), RAM, 0x0000_006f);
    CommandRun run =
        CommandRun.of("machine", "run", "--max-instructions", 1000, good, bad, fault, loop)
            .expect(1);
    assertEquals("", run.err());
    assertEquals(
        List.of(
            good + ": status 0 after 3 instructions",
            folder + "/bad\\u{1b}[2J: status 200 after 3 instructions",
            fault
                + ": status 125 after 1 instructions, fault: illegal instruction at 0x80000004: "
                + "illegal 0xf1402573",
            loop
                + ": status 124 after 1,000 instructions, stopped by --max-instructions before "
                + "0x80000000: j 0x80000000"),
        run.out().lines().toList());
    CommandRun.of("machine", "run", good, good).expect(0);
    CommandRun.of("machine", "run", good, exit(bad, 256)).expect(0);
  }

  @Test
  void run_severalAsJson_hasTheObjectOfEach() throws IOException {
    Path good = exit(folder.resolve("good"), 0);
    Path fault = fault(folder.resolve("fault"));
    Path missing = folder.resolve("missing");
    CommandRun run = CommandRun.of("machine", "run", "--json", fault, missing, good).expect(3);
    assertEquals("", run.err());
    JsonNode programs = run.json().get("programs");
    assertEquals(3, programs.size());
    for (Path elf : List.of(fault, good)) {
      ObjectNode alone = (ObjectNode) CommandRun.of("machine", "run", "--json", elf).json();
      alone.remove("memory");
      alone.put("file", elf.toString());
      assertEquals(alone, programs.get(elf.equals(fault) ? 0 : 2));
    }
    assertEquals(missing.toString(), programs.at("/1/file").textValue());
    assertEquals(3, programs.at("/1/exitStatus").intValue());
    assertEquals("opml: " + missing + ": no such file", programs.at("/1/error").textValue());
  }

  @Test
  void run_severalOneOfThemRefused_isToldInItsPlaceAndCountsMost() throws IOException {
    Path good = exit(folder.resolve("good"), 0);
    Path one = exit(folder.resolve("one"), 1);
    Path malformed = Files.write(folder.resolve("malformed"), new byte[] {0x7f, 'E', 'L', 'F'});
    // lui t0, 16; li s0, 1; slli s0, s0, 32; sd zero, 0(s0); add s0, s0, t0; j -8
    Path greedy =
        elf(
            folder.resolve("greedy"),
            RAM,
            0x0001_02b7,
            0x0010_0413,
            0x0204_1413,
            0x0004_3023,
            0x0054_0433,
            0xff9f_f06f);
    CommandRun run =
        CommandRun.of("machine", "run", malformed, one, greedy, good).expect(ExitStatus.REFUSED);
    assertEquals("", run.err());
    assertEquals(
        List.of(
            "opml: " + malformed + ": malformed ELF at byte 4: an ELF header needs 64 bytes, got 4",
            one + ": status 1 after 3 instructions",
            "opml: " + greedy + ": writtenBytes: 536936448 is above the limit of 536870912",
            good + ": status 0 after 3 instructions"),
        run.out().lines().toList());
  }

  @Test
  void run_folder_runsItsElfsSorted() throws IOException {
    Path suite = Files.createDirectory(folder.resolve("suite"));
    Files.createDirectory(suite.resolve("deeper"));
    exit(suite.resolve("deeper/not-run"), 1);
    Files.writeString(suite.resolve("Makefile"), "all:");
    Files.write(suite.resolve("empty"), new byte[0]);
    Files.write(suite.resolve("short"), new byte[] {0x7f, 'E', 'L'});
    Path b = exit(suite.resolve("b"), 0);
    Path a = exit(suite.resolve("a"), 0);
    Path c = exit(suite.resolve("C"), 0);
    Path link = Files.createSymbolicLink(suite.resolve("d"), a);
    CommandRun run = CommandRun.of("machine", "run", suite).expect(0);
    assertEquals(
        Stream.of(c, a, b, link).map(elf -> elf + ": status 0 after 3 instructions").toList(),
        run.out().lines().toList());
    assertEquals(4, CommandRun.of("machine", "run", suite, "--json").json().at("/programs").size());
    assertEquals(5, CommandRun.of("machine", "run", b, suite).expect(0).out().lines().count());
    // One that may be an ELF is not left out silently.
    Path gone = Files.createSymbolicLink(suite.resolve("gone"), suite.resolve("nothing"));
    run = CommandRun.of("machine", "run", suite).expect(ExitStatus.REFUSED);
    assertTrue(run.out().endsWith("opml: " + gone + ": no such file\n"), run.out());
    assertEquals(5, run.out().lines().count());
  }

  /** A suite that was not found must not pass. */
  @Test
  void run_folderWithoutElfs_isRefused() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    CommandRun run = CommandRun.of("machine", "run", empty).expect(ExitStatus.REFUSED);
    assertEquals("opml: " + empty + ": no ELF is in this folder\n", run.out());
  }

  @Test
  void run_severalWithOptionsOfOne_isAUsageError() throws IOException {
    Path good = exit(folder.resolve("good"), 0);
    for (String option : List.of("--trace=1", "--dump-memory=0:4")) {
      CommandRun.of("machine", "run", good, good, option).expect(ExitStatus.USAGE).errorLine();
      CommandRun.of("machine", "run", folder, option).expect(ExitStatus.USAGE).errorLine();
    }
    CommandRun.of("machine", "run", good, "--trace=-1").expect(ExitStatus.USAGE).errorLine();
    CommandRun.of("machine", "run").expect(ExitStatus.USAGE).errorLine();
    CommandRun.of("machine", "run", "").expect(ExitStatus.USAGE).errorLine();
  }

  @Test
  void run_programThatWritesEverywhere_isStoppedNamingTheLimit() throws IOException {
    // lui t0, 16; li s0, 1; slli s0, s0, 32; sd zero, 0(s0); add s0, s0, t0; j -8
    Path writer =
        elf(RAM, 0x0001_02b7, 0x0010_0413, 0x0204_1413, 0x0004_3023, 0x0054_0433, 0xff9f_f06f);
    String line = CommandRun.of("machine", "run", writer).expect(ExitStatus.REFUSED).errorLine();
    assertEquals(
        "opml: " + writer + ": writtenBytes: 536936448 is above the limit of 536870912", line);
  }

  @Test
  void run_trace_printsTheFirstInstructions() throws IOException {
    Path exit = elf(RAM, 0x0000_0513, EXIT_NUMBER, ECALL);
    CommandRun run = CommandRun.of("machine", "run", exit, "--trace", 2).expect(0);
    assertEquals(
        List.of("0x80000000: li a0, 0", "0x80000004: li a7, 93"), run.err().lines().toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0:4:8", "8:4", "0:6", "2:6", "x:8", "0:20000000000", ":", "0:1000004"})
  void run_rangeThatIsNone_isAUsageError(String range) throws IOException {
    CommandRun.of("machine", "run", elf(RAM, ECALL), "--dump-memory", range)
        .expect(ExitStatus.USAGE)
        .errorLine();
  }

  @Test
  void run_malformedFile_isRefusedNamingThePlace() throws IOException {
    Path file = Files.writeString(folder.resolve("no.elf"), "x".repeat(64));
    String line = CommandRun.of("machine", "run", file).expect(ExitStatus.REFUSED).errorLine();
    assertTrue(line.startsWith("opml: " + file + ": malformed ELF at byte 0: magic"), line);
    CommandRun.of("machine", "disassemble", file).expect(ExitStatus.REFUSED).errorLine();
  }

  @Test
  void disassemble_range_printsAddressWordAndText() throws IOException {
    Path exit = elf(RAM, 0x0000_0513, EXIT_NUMBER, ECALL, 0);
    CommandRun all = CommandRun.of("machine", "disassemble", exit).expect(0);
    assertEquals(4, all.out().lines().count());
    CommandRun some =
        CommandRun.of("machine", "disassemble", exit, "--from", "80000004", "--to", "0x8000000c")
            .expect(0);
    assertEquals("  80000004:  05d00893  li a7, 93\n  80000008:  00000073  ecall\n", some.out());
    JsonNode json = CommandRun.of("machine", "disassemble", exit, "--json").expect(0).json();
    assertEquals("illegal 0x00000000", json.at("/instructions/3/text").textValue());
  }

  @Test
  void machine_withoutCommand_isAUsageError() {
    CommandRun.of("machine").expect(ExitStatus.USAGE).errorLine();
  }

  /** C as suites compile it: several segments, data in zero memory, divisions and calls. */
  @ParameterizedTest
  @ValueSource(strings = {"0x80000000", "0x10000", "0xfffff00000"})
  void run_compiledProgram_computes(String address) throws Exception {
    Path source = folder.resolve("program.c");
    Files.writeString(
        source,
        """
        static unsigned sieve[4000];
        volatile long counter = 7;
        static int primes(void) {
          int n = 0;
          for (int i = 2; i < 4000; i++) sieve[i] = 1;
          for (int i = 2; i < 4000; i++)
            if (sieve[i]) { n++; for (int j = 2 * i; j < 4000; j += i) sieve[j] = 0; }
          return n;
        }
        __attribute__((noinline)) static int run(void) {
          for (int r = 0; r < 50; r++) { counter += primes(); __asm__ volatile("fence"); }
          return (int) (counter / 50 % 200);
        }
        __attribute__((section(".text.init"))) void _start(void) {
          register long a0 __asm__("a0") = run();
          register long a7 __asm__("a7") = 93;
          __asm__ volatile("ecall" :: "r"(a0), "r"(a7));
        }
        """);
    Path elf = folder.resolve("compiled.elf");
    Process compiler;
    try {
      compiler =
          new ProcessBuilder(
                  COMPILER,
                  "-O2",
                  "-march=rv64im",
                  "-mabi=lp64",
                  "-mcmodel=medany",
                  "-nostdlib",
                  "-nostartfiles",
                  "-static",
                  "-Wl,-e,_start",
                  "-Wl,-Ttext-segment=" + address,
                  source.toString(),
                  "-o",
                  elf.toString())
              .inheritIO()
              .start();
    } catch (IOException e) {
      String missing = "no " + COMPILER + " on the path";
      assertTrue(!"1".equals(System.getenv("OPML_REQUIRE_ALL")), missing);
      Assumptions.abort(missing);
      return;
    }
    assertEquals(0, compiler.waitFor());
    CommandRun.of("machine", "run", elf).expect(550 % 200); // there are 550 primes below 4,000
    CommandRun.of("machine", "run", elf, "--engine", "interpreter").expect(550 % 200);
    CommandRun.of("machine", "run", elf, "--engine", "reference").expect(550 % 200);
  }
}
