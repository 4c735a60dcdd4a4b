package dev.opml.examples.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Executor;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.examples.claim.ClaimFile;
import dev.opml.examples.claim.ClaimText;
import dev.opml.vm.cache.ModelTreeCache;
import dev.opml.vm.cache.PackedWeightFiles;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code opml run}: generates text. */
@Command(
    name = "run",
    sortOptions = false,
    description = "Generates text, with the roots that let anybody check it.")
final class RunCommand extends ModelCommand {
  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PROMPT",
      description = "Text to continue; may be empty.")
  private @Nullable String prompt;

  @Mixin private InferenceOptions inference = new InferenceOptions();

  @Option(
      names = "--claim",
      paramLabel = "FILE",
      description = "Write a claim that 'opml verify' can check.")
  private @Nullable Path claim;

  @Option(
      names = "--logits",
      paramLabel = "FILE",
      description = "Write the logits of each sampled position, float32 little-endian.")
  private @Nullable Path logits;

  RunCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  boolean execute(ObjectNode result) throws IOException {
    inference.check(this, "PROMPT", prompt); // before the model is read
    refuseToOverwrite("--claim", claim, model());
    refuseToOverwrite("--logits", logits, model());
    if (claim != null && logits != null && OutputFile.isSameRegularFile(claim, logits)) {
      throw usage("--claim and --logits are the same file: " + logits);
    }
    try (OutputFile claimFile = output(claim);
        OutputFile logitsFile = output(logits);
        Executor executor = open()) {
      generate(executor, claimFile, logitsFile, result);
    }
    return true;
  }

  private void refuseToOverwrite(String option, @Nullable Path output, Path model) {
    for (String suffix : List.of("", ModelTreeCache.SUFFIX, PackedWeightFiles.SUFFIX)) {
      Path file = Path.of(model + suffix);
      if (output != null && OutputFile.isSameRegularFile(output, file)) {
        throw usage(option + " would overwrite " + file);
      }
    }
  }

  private @Nullable OutputFile output(@Nullable Path name) throws IOException {
    return name == null ? null : OutputFile.open(name, terminal().out());
  }

  private void generate(
      Executor executor,
      @Nullable OutputFile claimFile,
      @Nullable OutputFile logitsFile,
      ObjectNode result)
      throws IOException {
    InferenceRequest request = inference.request(this, executor, prompt);
    GeneratedText text = GeneratedText.after(executor, request.promptIds());
    InferenceResult run = executor.run(request, listener(text, logitsFile));
    print(text.end());
    sayLine("");
    if (logitsFile != null) {
      logitsFile.keep();
    }
    if (claimFile != null) {
      int contextLimit = executor.model().header().contextLimit();
      @Nullable ClaimText texts = prompt == null ? null : new ClaimText(prompt, text.whole());
      claimFile.write(new ClaimFile(contextLimit, run.claim(), texts).toJson().getBytes(UTF_8));
      claimFile.keep();
    }
    if (text.isText()) {
      result.put("text", text.whole());
    }
    describe(run, result);
  }

  private InferenceListener listener(GeneratedText text, @Nullable OutputFile logits) {
    @Nullable LogitsFile file = logits == null ? null : new LogitsFile(logits);
    return new InferenceListener() {
      @Override
      public void onToken(int index, int tokenId) {
        print(text.push(tokenId));
      }

      @Override
      public void onLogits(int position, FloatBuffer logits) {
        if (file != null) {
          file.append(logits);
        }
      }

      @Override
      public void onProgress(String stage, long done, long total) {
        progress().show(stage, done, total);
      }
    };
  }

  /** A terminal must not obey what a model says. */
  private void print(String text) {
    say(terminal().outInteractive() ? Printable.prose(text) : text);
  }

  private void describe(InferenceResult run, ObjectNode result) {
    put(result.putArray("promptIds"), run.request().promptIds());
    put(result.putArray("outputIds"), run.output());
    InferenceResult.Timing timing = run.timing();
    result
        .put("stopReason", run.stopReason().name().toLowerCase(Locale.ROOT))
        .put("inputRoot", run.inputRoot().toString())
        .put("finalRoot", run.finalRoot().toString())
        .put("outputRoot", run.outputRoot().toString())
        .put("modelId", run.modelId().toString())
        .put("prefillTokensPerSecond", timing.prefillTokensPerSecond())
        .put("decodeTokensPerSecond", timing.decodeTokensPerSecond());
    if (terminal().outInteractive()) {
      sayLine(
          terminal()
              .faint(
                  "\nfinal root %s\nprompt %d tokens at %.0f a second, output %d at %.0f a second"
                      .formatted(
                          run.finalRoot(),
                          run.request().promptIds().size(),
                          timing.prefillTokensPerSecond(),
                          run.output().size(),
                          timing.decodeTokensPerSecond())));
    }
  }

  private static void put(ArrayNode array, TokenIds ids) {
    ids.stream().forEach(array::add);
  }
}
