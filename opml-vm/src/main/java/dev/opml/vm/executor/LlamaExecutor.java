package dev.opml.vm.executor;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.Registration;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.Executor;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.ModelDescription;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.api.inference.Tokenizer;
import dev.opml.api.inference.Verification;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.Trace;
import dev.opml.vm.engine.Inference;
import dev.opml.vm.engine.NativeEngine;
import dev.opml.vm.engine.RawInput;
import dev.opml.vm.engine.WeightStore;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.graph.GraphRegion;
import dev.opml.vm.graph.UnsupportedModelException;
import dev.opml.vm.image.ModelTreeCache;
import dev.opml.vm.image.PackedWeightFiles;
import dev.opml.vm.image.ProgramImage;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.memory.Lie;
import dev.opml.vm.tokenizer.Tokenizers;
import dev.opml.vm.trace.LyingTrace;
import dev.opml.vm.trace.RecordedTrace;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/**
 * Runs a GGUF file of the LLaMA architecture.
 *
 * <pre>{@code
 * try (LlamaExecutor executor = LlamaExecutor.open(path, ExecutorOptions.DEFAULT)) {
 *   TokenIds prompt = executor.tokenizer().encodePrompt("Once upon a time");
 *   InferenceResult result = executor.run(InferenceRequest.greedy(prompt, 64), InferenceListener.NONE);
 * }
 * }</pre>
 */
public final class LlamaExecutor implements Executor {
  private final ExecutorOptions options;
  private final ProgramImage image;
  private final Tokenizer tokenizer;
  private final NativeEngine engine;

  private LlamaExecutor(
      ExecutorOptions options, ProgramImage image, Tokenizer tokenizer, NativeEngine engine) {
    this.options = options;
    this.image = image;
    this.tokenizer = tokenizer;
    this.engine = engine;
  }

  /**
   * Opens a model: reads the file, builds its image, prepares the engine.
   *
   * @throws dev.opml.api.OpmlException if the file is unreadable, malformed, not supported, or
   *     exceeds a limit
   * @throws dev.opml.api.inference.UnfaithfulArithmeticException if this machine would compute
   *     anything else than docs/numerics.md says
   */
  public static LlamaExecutor open(Path model, ExecutorOptions options) {
    GgufFile file = GgufFile.open(model);
    try {
      Tokenizer tokenizer = Tokenizers.of(file);
      ProgramImage image = image(file, options);
      requireVocabulary(tokenizer, image.graph().header());
      WeightStore store =
          options.treeCache()
              ? PackedWeightFiles.besideModel(image, options.threads())
              : WeightStore.ANONYMOUS;
      NativeEngine engine = engine(file, image.graph(), options, store);
      return new LlamaExecutor(options, image, tokenizer, engine);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  static Kernels kernels(ExecutorOptions options) {
    return options.engine() == EngineKind.VECTOR ? Kernels.fastest() : Kernels.scalar();
  }

  /** The program image of a file. */
  static ProgramImage image(GgufFile file, ExecutorOptions options) {
    long total = file.bytes().byteSize();
    return ProgramImage.build(
        file,
        options.contextLimit(),
        options.mode(),
        options.threads(),
        options.treeCache() ? ModelTreeCache.besideModels() : ModelTreeCache.NONE,
        done -> options.progress().onProgress("hash", done, total));
  }

  /** The native engine for a file's graph. */
  static NativeEngine engine(
      GgufFile file, GraphRegion graph, ExecutorOptions options, WeightStore store) {
    long total = file.bytes().byteSize();
    return new NativeEngine(
        graph.header(),
        graph.rows(),
        graph.bytes(),
        file.bytes(),
        kernels(options),
        options.threads(),
        store,
        done -> options.progress().onProgress("pack", done, Math.max(done, total)));
  }

  private static void requireVocabulary(Tokenizer tokenizer, GraphHeader header) {
    if (tokenizer.vocabularySize() != header.vocabularySize()) {
      throw new UnsupportedModelException(
          "the tokenizer has %d tokens, the embedding %d rows"
              .formatted(tokenizer.vocabularySize(), header.vocabularySize()));
    }
  }

  @Override
  public ModelDescription model() {
    return image.description();
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public Registration registration() {
    return image.registration();
  }

  /** The program image. */
  public ProgramImage image() {
    return image;
  }

  /** Whether the model was not hashed because its tree was cached. */
  public boolean treeFromCache() {
    return image.treeFromCache();
  }

  @Override
  public InferenceResult run(InferenceRequest request, InferenceListener listener) {
    return new Generation(image, request, start(request)).run(listener);
  }

  @Override
  public Verification verify(Claim claim, InferenceListener listener) {
    if (!claim.modelId().equals(image.description().modelId())) {
      throw new IllegalArgumentException(
          "the claim is about model %s, this is %s"
              .formatted(claim.modelId(), image.description().modelId()));
    }
    return ClaimCheck.check(image, claim, start(claim.request()));
  }

  /**
   * Tells which logits each token of a text would be drawn from after a prompt: in batches, on the
   * native engine.
   *
   * @param prompt what comes before
   * @param text tokens that need not be what the model would generate, at least one
   * @param listener hears {@link InferenceListener#onLogits} from the prompt's last position on,
   *     once a token of {@code text}
   * @throws dev.opml.api.LimitExceededException if both together do not fit the model
   */
  public void score(TokenIds prompt, TokenIds text, InferenceListener listener) {
    InferenceRequest request =
        new InferenceRequest(prompt, text.size(), SamplingParameters.GREEDY, StopPolicy.NEVER);
    request.requireFits(image.graph().header());
    engine.newSession(RawInput.of(request)).score(text, listener);
  }

  @Override
  public Trace trace(InferenceRequest request, InferenceListener listener) {
    return RecordedTrace.record(image, request, start(request), listener);
  }

  /**
   * Runs the native engine and the guest side by side and compares persistent memory after every
   * node.
   *
   * @param from first node to compare
   * @param to node after the last to compare
   */
  public CrosscheckReport crosscheck(
      InferenceRequest request, NodeIndex from, NodeIndex to, InferenceListener listener) {
    request.requireFits(image.graph().header());
    return crosscheck(RawInput.of(request), from.value(), to.value(), listener);
  }

  /** As above, for an input that no request would have. */
  CrosscheckReport crosscheck(RawInput input, long from, long to, InferenceListener listener) {
    return new Crosscheck(image, input, engine.newSession(input)).run(from, to, listener);
  }

  /**
   * A lie about one bit of what a node writes.
   *
   * @param node a node of the request's trace that runs before generation stops
   */
  public Lie flippedBit(InferenceRequest request, NodeIndex node, RandomGenerator random) {
    return Lies.flippedBit(image, request, engine.newSession(RawInput.of(request)), node, random);
  }

  /** The lie that output token {@code index} is {@code claimed} where it is {@code computed}. */
  public Lie wrongToken(InferenceRequest request, int index, int computed, int claimed) {
    return Lies.wrongToken(image.graph().header(), request, index, computed, claimed);
  }

  /**
   * A trace that lies in one place and is consistent everywhere else: for tests and demonstrations.
   *
   * @throws IllegalArgumentException if the lie is not about a node of this request, or the image
   *     is single-phase: its only node makes every change
   */
  public Trace lyingTrace(InferenceRequest request, Lie lie, InferenceListener listener) {
    request.requireFits(image.graph().header());
    if (image.graph().header().mode() == GraphMode.SINGLE_PHASE
        || lie.node().value() >= request.traceLength(image.graph().header())) {
      throw new IllegalArgumentException(
          "no node of its own to lie about: node " + lie.node().value());
    }
    return LyingTrace.record(
        image, request, engine.newSession(RawInput.of(request), lie), lie, listener);
  }

  /** An inference of a request, at its beginning. */
  Inference start(InferenceRequest request) {
    request.requireFits(image.graph().header());
    return options.engine() == EngineKind.GUEST
        ? new GuestInference(image, RawInput.of(request))
        : engine.newSession(RawInput.of(request));
  }

  @Override
  public void close() {
    engine.close();
    image.file().close();
  }
}
