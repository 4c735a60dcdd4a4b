package dev.opml.vm.executor;

import dev.opml.api.ModelId;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeDescription;
import dev.opml.api.trace.NodeIndex;
import java.util.List;
import java.util.function.Function;

/**
 * A trace that knows whether its executor is closed, and what rebuilding memory takes.
 *
 * @param neededAgain bytes of the heap that it takes, about
 */
record GuardedTrace(Trace trace, Guard guard, long neededAgain) implements Trace {
  @Override
  public ModelId modelId() {
    return trace.modelId();
  }

  @Override
  public InferenceRequest request() {
    return trace.request();
  }

  @Override
  public TokenIds output() {
    return trace.output();
  }

  @Override
  public long length() {
    return trace.length();
  }

  @Override
  public List<StateRoot> rootsAt(List<NodeIndex> boundaries) {
    return guard.call(() -> trace.rootsAt(boundaries));
  }

  @Override
  public SiblingPath outputPath() {
    return guard.call(trace::outputPath);
  }

  @Override
  public MachineTrace machine(NodeIndex node) {
    MachineTrace machine =
        MemoryBudget.JVM.run(
            neededAgain,
            new Watch(InferenceListener.NONE, guard.calls()::requireOpen)::check,
            () -> guard.call(() -> trace.machine(node)),
            Function.identity());
    return new GuardedMachineTrace(machine, guard);
  }

  @Override
  public NodeDescription describe(NodeIndex node) {
    return guard.call(() -> trace.describe(node));
  }

  @Override
  public void close() {
    trace.close();
  }
}
