package dev.opml.benchmarks;

import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.executor.GgufExecutor;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Operator;
import dev.opml.vm.machine.Machine;
import dev.opml.vm.machine.MachineEngine;
import dev.opml.vm.memory.GuestMemory;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One node of the bundled model in the RV64IM machine: nodes and instructions a second. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class MachineBenchmark {
  /** Operator whose first node is run, at position 0. */
  @Param({"NORM", "HEADS", "PROJECT"})
  private Operator operator;

  /** What executes the instructions. */
  @Param({"INTERPRETER", "TRANSLATOR"})
  private MachineEngine engine;

  private GgufExecutor executor;
  private MemorySnapshot memory;
  private NodeIndex node;

  /** Counts instructions beside invocations. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Instructions {
    /** Instructions executed. */
    public long instructions;
  }

  /** Finds the node and the memory before it. */
  @Setup(Level.Trial)
  public void open() {
    executor = StoriesModel.open("stories-3.7m.q8_0.gguf", 1);
    InferenceRequest request = StoriesModel.request(executor, 1);
    List<GraphRow> rows = executor.image().graph().rows();
    int row =
        IntStream.range(0, rows.size())
            .filter(r -> rows.get(r).operator() == operator)
            .findFirst()
            .orElseThrow();
    // The nodes before it, so that it does not see zeros only: those are cheaper.
    Map<Long, MemoryExtent> written = new TreeMap<>();
    memory = executor.image().memoryWith(request, List.of());
    for (int before = 0; before < row; before++) {
      Machine machine = Machine.start(memory, new NodeIndex(before), GraphMode.ROW_PER_NODE);
      machine.runTo(InstructionIndex.END);
      for (long address : machine.memory().persistentPagesWritten()) {
        byte[] page = new byte[GuestMemory.PAGE_SIZE];
        machine.memory().read(address, page);
        written.put(address, MemoryExtent.of(address, page));
      }
      memory = executor.image().memoryWith(request, List.copyOf(written.values()));
    }
    node = new NodeIndex(row);
  }

  /** Runs the node to its end. */
  @Benchmark
  public long node(Instructions counter) {
    Machine machine = Machine.start(memory, node, GraphMode.ROW_PER_NODE, engine);
    machine.runTo(InstructionIndex.END);
    counter.instructions += machine.count();
    return machine.count();
  }

  /** Closes the model. */
  @TearDown(Level.Trial)
  public void close() {
    executor.close();
  }
}
