package dev.opml.benchmarks.machine;

import dev.opml.api.image.GraphMode;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.NodeIndex;
import dev.opml.benchmarks.Median;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.machine.Machine;
import dev.opml.vm.machine.MachineEngine;
import dev.opml.vm.memory.MemorySnapshot;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the machine's engines; benchmarks/README.md has examples. */
@Command(
    name = "MachineSpeedCommand",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Runs a node that multiplies a matrix with a vector in each engine of the RV64IM machine, "
            + "in turns, and prints millions of instructions a second.")
public final class MachineSpeedCommand implements Callable<Integer> {
  /** Those whose speed matters to anybody. */
  private static final Set<MachineEngine> ENGINES =
      EnumSet.of(MachineEngine.INTERPRETER, MachineEngine.TRANSLATOR);

  @Option(
      names = "--format",
      split = ",",
      paramLabel = "TYPE",
      description = "Formats of the matrix; default: ${DEFAULT-VALUE}.")
  private List<GgmlType> formats = List.of(GgmlType.F32, GgmlType.Q8_0, GgmlType.Q4_0);

  @Option(names = "--columns", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
  private int columns = 4096;

  @Option(names = "--rows", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
  private int rows = 2000;

  @Option(names = "--rounds", paramLabel = "R", description = "Default: ${DEFAULT-VALUE}.")
  private int rounds = 15;

  @Option(
      names = "--nan",
      description = "Make the vector and all that is a float in the matrix NaN.")
  private boolean nan;

  private final PrintStream out;

  /** A command that prints to {@code out}. */
  public MachineSpeedCommand(PrintStream out) {
    this.out = out;
  }

  /** Runs the command and exits. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new MachineSpeedCommand(System.out)).execute(args));
  }

  @Override
  public Integer call() {
    out.println("| format | engine | instructions | first | median | least | most |");
    out.println("|---|---|---|---|---|---|---|");
    for (GgmlType format : formats) {
      measure(format);
    }
    return 0;
  }

  private void measure(GgmlType format) {
    MemorySnapshot memory = ProductNode.memory(format, columns, rows, nan);
    Map<MachineEngine, List<Double>> speeds = new EnumMap<>(MachineEngine.class);
    long count = 0;
    for (int round = 0; round < rounds; round++) {
      for (MachineEngine engine : ENGINES) {
        Machine machine = Machine.start(memory, new NodeIndex(0), GraphMode.ROW_PER_NODE, engine);
        long start = System.nanoTime();
        machine.runTo(InstructionIndex.END);
        double nanoseconds = System.nanoTime() - start;
        count = machine.count();
        speeds.computeIfAbsent(engine, key -> new ArrayList<>()).add(count * 1e3 / nanoseconds);
      }
    }
    for (Map.Entry<MachineEngine, List<Double>> entry : speeds.entrySet()) {
      print(format, entry.getKey(), count, entry.getValue());
    }
  }

  private void print(GgmlType format, MachineEngine engine, long count, List<Double> speeds) {
    out.printf(
        Locale.ROOT,
        "| %s | %s | %d | %.0f | %.0f | %.0f | %.0f |%n",
        format,
        engine.name().toLowerCase(Locale.ROOT),
        count,
        speeds.getFirst(),
        Median.of(speeds),
        Collections.min(speeds),
        Collections.max(speeds));
  }
}
