package dev.opml.vm.executor;

import dev.opml.api.image.GraphHeader;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.vm.architecture.Architectures;
import dev.opml.vm.engine.NativeEngine;
import dev.opml.vm.engine.RawInput;
import dev.opml.vm.engine.Session;
import dev.opml.vm.engine.WeightStore;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.graph.GraphRegion;
import dev.opml.vm.image.ProgramImage;
import java.nio.file.Path;

/**
 * A model on the native engine, without a tokenizer: what it computes is not hashed and supports no
 * claim. For measuring the engine alone, as one measures engines that commit to nothing.
 */
public final class UnhashedModel implements AutoCloseable {
  private final GgufFile file;
  private final NativeEngine engine;

  private UnhashedModel(GgufFile file, NativeEngine engine) {
    this.file = file;
    this.engine = engine;
  }

  /**
   * Name of the kernels that options choose, for people.
   *
   * @throws IllegalArgumentException if the options ask for the guest
   */
  public static String kernels(ExecutorOptions options) {
    if (options.engine() == EngineKind.GUEST) {
      throw new IllegalArgumentException("the guest is not part of the native engine");
    }
    return GgufExecutor.kernels(options).description();
  }

  /**
   * Opens a model: reads the file, prepares the engine.
   *
   * @param options the vector engine or the scalar one; where files are kept, the packed weights
   *     are those that {@link GgufExecutor} maps, which needs the model's root; else nothing is
   *     hashed at all
   * @throws dev.opml.api.OpmlException if the file is unreadable, malformed, not supported, or
   *     exceeds a limit
   */
  public static UnhashedModel open(Path model, ExecutorOptions options) {
    GgufFile file = GgufFile.open(model);
    try {
      return new UnhashedModel(file, engine(file, options));
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  private static NativeEngine engine(GgufFile file, ExecutorOptions options) {
    Watch watch = new Watch(options.progress(), () -> {});
    if (options.cache().keeps()) {
      ProgramImage image = GgufExecutor.image(file, options, watch);
      WeightStore store = GgufExecutor.weightStore(image, options, watch);
      return GgufExecutor.engine(file, image.graph(), options, store, watch);
    }
    GraphRegion graph =
        GraphRegion.build(
            Architectures.modelOf(file), options.contextLimit(), options.mode(), file.arena());
    return GgufExecutor.engine(file, graph, options, WeightStore.ANONYMOUS, watch);
  }

  /** Limits of the model. */
  public GraphHeader header() {
    return engine.header();
  }

  /**
   * Runs a request and drops what it generates.
   *
   * @throws dev.opml.api.LimitExceededException if the request does not fit the model
   */
  public InferenceResult.Timing time(InferenceRequest request) {
    request.requireFits(header());
    Session session = engine.newSession(RawInput.of(request));
    int prompt = request.prompt().positions();
    long started = System.nanoTime();
    session.run(prompt, null);
    long prefilled = System.nanoTime();
    int end = session.run(session.limit(), null);
    return new InferenceResult.Timing(
        prompt, prefilled - started, end - prompt, System.nanoTime() - prefilled);
  }

  /** Ends the engine's threads and releases the file. */
  @Override
  public void close() {
    engine.close();
    file.close();
  }
}
