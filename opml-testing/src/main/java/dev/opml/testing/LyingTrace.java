package dev.opml.testing;

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
import dev.opml.vm.engine.Inference;
import dev.opml.vm.image.ProgramImage;
import dev.opml.vm.trace.RecordedTrace;
import java.util.List;

/**
 * The trace of a {@link Liar}: true from the lie on, in phase 2 and in phase 1, so that nothing but
 * the one instruction gives it away.
 */
final class LyingTrace implements Trace {
  private final RecordedTrace recorded;
  private final Lie lie;
  private final ProgramImage image;

  private LyingTrace(RecordedTrace recorded, Lie lie, ProgramImage image) {
    this.recorded = recorded;
    this.lie = lie;
    this.image = image;
  }

  /**
   * Runs a lying inference to its end and records it.
   *
   * @param inference inference of {@code request}, at position 0, that tells the lie
   */
  static LyingTrace record(
      ProgramImage image,
      InferenceRequest request,
      Inference inference,
      Lie lie,
      InferenceListener listener) {
    return new LyingTrace(RecordedTrace.record(image, request, inference, listener), lie, image);
  }

  @Override
  public MachineTrace machine(NodeIndex node) {
    return node.equals(lie.node())
        ? LyingMachineTrace.of(
            recorded.memoryBefore(node),
            lie,
            image.graph().header().mode(),
            recorded.rootAt(node.next()).value())
        : recorded.machine(node);
  }

  @Override
  public ModelId modelId() {
    return recorded.modelId();
  }

  @Override
  public InferenceRequest request() {
    return recorded.request();
  }

  @Override
  public TokenIds output() {
    return recorded.output();
  }

  @Override
  public long length() {
    return recorded.length();
  }

  @Override
  public List<StateRoot> rootsAt(List<NodeIndex> boundaries) {
    return recorded.rootsAt(boundaries);
  }

  @Override
  public SiblingPath outputPath() {
    return recorded.outputPath();
  }

  @Override
  public NodeDescription describe(NodeIndex node) {
    return recorded.describe(node);
  }

  @Override
  public void close() {
    recorded.close();
  }
}
