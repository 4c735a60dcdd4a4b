package dev.opml.vm.executor;

import dev.opml.api.ModelId;
import dev.opml.api.TokenIds;
import dev.opml.api.image.Registration;
import dev.opml.api.inference.CancelledException;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.Executor;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.InferenceSession;
import dev.opml.api.inference.InsufficientMemoryException;
import dev.opml.api.inference.MissingTokenizerException;
import dev.opml.api.inference.ModelDescription;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.api.inference.Tokenizer;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.UnsuitablePromptException;
import dev.opml.api.inference.Verification;
import dev.opml.api.trace.NodeIndex;
import dev.opml.merkle.PageHashes;
import dev.opml.vm.architecture.Architectures;
import dev.opml.vm.architecture.UnsupportedModelException;
import dev.opml.vm.cache.ModelTreeCache;
import dev.opml.vm.cache.PackedWeightFiles;
import dev.opml.vm.engine.Checkpoint;
import dev.opml.vm.engine.Inference;
import dev.opml.vm.engine.KernelKind;
import dev.opml.vm.engine.NativeEngine;
import dev.opml.vm.engine.RawInput;
import dev.opml.vm.engine.Session;
import dev.opml.vm.engine.WeightStore;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.gguf.MissingMetadataException;
import dev.opml.vm.graph.GraphRegion;
import dev.opml.vm.graph.Model;
import dev.opml.vm.image.ProgramImage;
import dev.opml.vm.tokenizer.Tokenizers;
import dev.opml.vm.tokenizer.UnsupportedTokenizerException;
import dev.opml.vm.trace.RecordedTrace;
import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs the model of a GGUF file.
 *
 * <pre>{@code
 * try (GgufExecutor executor = GgufExecutor.open(path)) {
 *   TokenIds prompt = executor.tokenizer().encodePrompt("Once upon a time");
 *   InferenceResult result = executor.run(InferenceRequest.greedy(prompt, 64));
 * }
 * }</pre>
 */
public final class GgufExecutor implements Executor {
  /** Bytes of the heap that a trace takes for each node, about. */
  private static final long TRACE_BYTES_A_NODE = 128;

  private final ExecutorOptions options;
  private final ProgramImage image;
  private final Supplier<Tokenizer> tokenizer;
  private final NativeEngine engine;
  private final Calls calls = new Calls(this::release);
  private final Guard guard;

  private GgufExecutor(
      ExecutorOptions options,
      ProgramImage image,
      Supplier<Tokenizer> tokenizer,
      NativeEngine engine,
      ModelFile modelFile) {
    this.options = options;
    this.image = image;
    this.tokenizer = tokenizer;
    this.engine = engine;
    this.guard = new Guard(calls, modelFile);
  }

  /** Opens a model with the {@linkplain ExecutorOptions#DEFAULT default options}. */
  public static GgufExecutor open(Path model) {
    return open(model, ExecutorOptions.DEFAULT);
  }

  /**
   * Opens a model: reads the file, builds its image, prepares the engine.
   *
   * @throws dev.opml.api.OpmlException if the file is unreadable, malformed, not supported, or
   *     exceeds a limit
   * @throws dev.opml.api.inference.UnfaithfulArithmeticException if this machine would compute
   *     anything else than docs/numerics.md says
   * @throws dev.opml.api.inference.CancelledException if the options' listener or an interrupt ends
   *     it early
   * @throws dev.opml.api.inference.ModelFileChangedException if the file is changed meanwhile
   * @throws dev.opml.api.inference.InsufficientMemoryException if the JVM has not the memory
   */
  public static GgufExecutor open(Path model, ExecutorOptions options) {
    return Caller.tell(
        options.progress(), listener -> openTelling(model, options.withProgress(listener)));
  }

  private static GgufExecutor openTelling(Path model, ExecutorOptions options) {
    ModelFile modelFile = new ModelFile(model);
    GgufFile file = modelFile.read(() -> GgufFile.open(model, options.limits()));
    long size = file.bytes().byteSize();
    try {
      modelFile.requireMapped();
      return modelFile.read(() -> open(file, options, modelFile));
    } catch (OutOfMemoryError e) {
      file.close();
      long limit = Runtime.getRuntime().maxMemory();
      throw new InsufficientMemoryException(PageHashes.encodedSize(size), limit, e);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  private static GgufExecutor open(GgufFile file, ExecutorOptions options, ModelFile modelFile) {
    Watch watch = new Watch(options.progress(), () -> {});
    // Before the image: hashing a large file takes a while.
    Supplier<Tokenizer> tokenizer = tokenizer(file, Architectures.modelOf(file));
    ProgramImage image = image(file, options, watch);
    WeightStore store = weightStore(image, options, watch);
    NativeEngine engine = engine(file, image.graph(), options, store, watch);
    try {
      modelFile.requireUnchanged();
      watch.check();
      return new GgufExecutor(options, image, tokenizer, engine, modelFile);
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  static KernelKind kernels(ExecutorOptions options) {
    return options.engine() == EngineKind.VECTOR ? KernelKind.FASTEST : KernelKind.SCALAR;
  }

  /** The program image of a file. */
  static ProgramImage image(GgufFile file, ExecutorOptions options, Watch watch) {
    long total = file.bytes().byteSize();
    return ProgramImage.build(
        file,
        options.contextLimit(),
        options.mode(),
        options.threads(),
        ModelTreeCache.of(options.cache()),
        done -> watch.report("hash", done, total));
  }

  /** The store of an image's packed weights. */
  static WeightStore weightStore(ProgramImage image, ExecutorOptions options, Watch watch) {
    return PackedWeightFiles.of(
        image.file().path(), image.modelRoot(), options.cache(), options.threads(), watch::check);
  }

  /** The native engine for a file's graph. */
  static NativeEngine engine(
      GgufFile file, GraphRegion graph, ExecutorOptions options, WeightStore store, Watch watch) {
    long total = file.bytes().byteSize();
    return new NativeEngine(
        graph.header(),
        graph.rows(),
        graph.bytes(),
        file.bytes(),
        kernels(options),
        options.threads(),
        store,
        done -> watch.report("pack", done, Math.max(done, total)));
  }

  /** Gives the tokenizer, or throws why there is none. */
  private static Supplier<Tokenizer> tokenizer(GgufFile file, Model model) {
    if (model.inputBytes() > 0) {
      return () -> {
        throw new UnsuitablePromptException(
            "the model reads a vector of %d bytes, and no text".formatted(model.inputBytes()));
      };
    }
    try {
      Tokenizer tokenizer = Tokenizers.of(file);
      if (tokenizer.vocabularySize() != model.vocabularySize()) {
        throw new UnsupportedModelException(
            "the tokenizer has %d tokens, the embedding %d rows"
                .formatted(tokenizer.vocabularySize(), model.vocabularySize()));
      }
      return () -> tokenizer;
    } catch (UnsupportedTokenizerException | MissingMetadataException e) {
      return () -> {
        throw new MissingTokenizerException(e);
      };
    }
  }

  @Override
  public ModelDescription model() {
    return image.description();
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer.get();
  }

  @Override
  public Registration registration() {
    return guard.call(image::registration);
  }

  /** The program image; of use until the executor is closed. */
  public ProgramImage image() {
    return image;
  }

  /** Whether the model was not hashed because its tree was cached. */
  public boolean treeFromCache() {
    return image.treeFromCache();
  }

  @Override
  public InferenceResult run(InferenceRequest request, InferenceListener listener) {
    RawInput input = input(request);
    return infer(
        input,
        0,
        listener,
        watch -> start(input, watch),
        (inference, caller) -> new Generation(image, request, inference).run(caller));
  }

  /** {@inheritDoc} The guest keeps nothing. */
  @Override
  public InferenceSession newSession() {
    calls.requireOpen();
    return options.engine() == EngineKind.GUEST
        ? Executor.super.newSession()
        : new KeptSession(this::run);
  }

  private InferenceResult run(
      InferenceRequest request,
      SoftReference<Session> earlier,
      Consumer<Session> keep,
      InferenceListener listener) {
    RawInput input = input(request);
    return infer(
        input,
        0,
        listener,
        watch -> start(input, watch, earlier),
        (session, caller) -> {
          try {
            InferenceResult result = new Generation(image, request, session).run(caller);
            keep.accept(session);
            return result;
          } catch (CancelledException e) {
            if (session.position() >= session.promptLength()) {
              keep.accept(session);
            }
            throw e;
          }
        });
  }

  private Session start(RawInput input, Checkpoint checkpoint, SoftReference<Session> earlier) {
    try {
      Session last = earlier.get();
      return last == null
          ? engine.newSession(input, checkpoint)
          : engine.newSession(input, checkpoint, last);
    } catch (OutOfMemoryError e) {
      earlier.clear(); // one inference may fit where two do not
      return engine.newSession(input, checkpoint);
    }
  }

  @Override
  public Verification verify(Claim claim, InferenceListener listener) {
    calls.requireOpen();
    ModelId own = image.description().modelId();
    if (!claim.modelId().equals(own)) {
      return new Verification.WrongModel(claim.modelId(), own);
    }
    RawInput input = input(claim.request());
    ClaimCheck check = new ClaimCheck(image, claim);
    return infer(
        input,
        0,
        listener,
        watch -> start(input, check.reportingTo(watch)),
        (inference, caller) -> check.check(inference));
  }

  /**
   * Tells which logits each token of a text would be drawn from after a prompt: in batches, on the
   * native engine.
   *
   * @param prompt what comes before
   * @param text tokens that need not be what the model would generate, at least one
   * @param listener hears {@link InferenceListener#onLogits} from the prompt's last position on,
   *     once a token of {@code text}
   * @return number of tokens scored
   * @throws UnsuitablePromptException if the model reads no tokens
   * @throws dev.opml.api.LimitExceededException if both together do not fit the model
   * @throws dev.opml.api.inference.CancelledException if the call is ended early
   */
  public int score(TokenIds prompt, TokenIds text, InferenceListener listener) {
    InferenceRequest request =
        new InferenceRequest(prompt, text.size(), SamplingParameters.GREEDY, StopPolicy.NEVER);
    RawInput input = input(request);
    return infer(
        input,
        0,
        listener,
        watch -> engine.newSession(input, watch),
        (session, caller) -> {
          session.score(text, caller);
          return text.size();
        });
  }

  @Override
  public Trace trace(InferenceRequest request, InferenceListener listener) {
    RawInput input = input(request);
    return infer(
        input,
        traceBytes(request),
        listener,
        watch -> start(input, watch),
        (inference, caller) ->
            guarded(RecordedTrace.record(image, request, inference, caller), input));
  }

  /**
   * Runs the native engine and the guest side by side and compares persistent memory after every
   * node.
   *
   * @param from first node to compare
   * @param to node after the last to compare
   * @throws dev.opml.api.LimitExceededException if the request does not fit the model
   * @throws dev.opml.api.inference.CancelledException if the call is ended early
   */
  public CrosscheckReport crosscheck(
      InferenceRequest request, NodeIndex from, NodeIndex to, InferenceListener listener) {
    return crosscheck(input(request), from.value(), to.value(), listener);
  }

  /** As above, for an input that no request would have. */
  CrosscheckReport crosscheck(RawInput input, long from, long to, InferenceListener listener) {
    // The guest's memory, what it is compared with, and what a batch of nodes has written.
    long more = 3 * GuestInference.heapBytes(image);
    return infer(
        input,
        more,
        listener,
        watch -> new Crosscheck(image, input, engine.newSession(input, watch), watch),
        (crosscheck, caller) -> crosscheck.run(from, to, caller));
  }

  private long traceBytes(InferenceRequest request) {
    return TRACE_BYTES_A_NODE * request.traceLength(image.graph().header());
  }

  private Trace guarded(Trace trace, RawInput input) {
    // An inference, and its memory once more as the machine reads it.
    return new GuardedTrace(trace, guard, heapBytes(input) + engine.stateBytes(input));
  }

  /**
   * The input of a request.
   *
   * @throws dev.opml.api.inference.ExecutorClosedException if this is closed
   * @throws dev.opml.api.LimitExceededException if it does not fit the model
   */
  private RawInput input(InferenceRequest request) {
    calls.requireOpen();
    request.requireFits(image.graph().header());
    return RawInput.of(request);
  }

  /**
   * Runs an inference as a call of this executor, when there is memory for it.
   *
   * @param more bytes that the work needs beside the inference
   * @param start makes an inference that a watch over the listener may end
   * @param work is given the inference, and the listener to tell
   */
  private <S, T> T infer(
      RawInput input,
      long more,
      InferenceListener listener,
      Function<Watch, S> start,
      BiFunction<S, InferenceListener, T> work) {
    long needed = more + heapBytes(input);
    return Caller.tell(
        listener,
        caller ->
            guard.call(() -> {
              Watch watch = new Watch(caller, calls::requireOpen);
              return MemoryBudget.JVM.run(
                  needed,
                  watch::check,
                  () -> start.apply(watch),
                  inference -> work.apply(inference, caller));
            }));
  }

  private long heapBytes(RawInput input) {
    return options.engine() == EngineKind.GUEST
        ? GuestInference.heapBytes(image)
        : engine.heapBytes(input);
  }

  /** An inference at its beginning. */
  private Inference start(RawInput input, Checkpoint checkpoint) {
    return options.engine() == EngineKind.GUEST
        ? new GuestInference(image, input, checkpoint)
        : engine.newSession(input, checkpoint);
  }

  @Override
  public void close() {
    calls.close();
  }

  private void release() {
    try {
      engine.close();
    } finally {
      image.file().close();
    }
  }
}
