package dev.opml.benchmarks.synthetic;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Writes a {@link SyntheticModel}; benchmarks/README.md has examples. */
@Command(
    name = "SyntheticModelCommand",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Writes a model of random weights as a GGUF file.")
public final class SyntheticModelCommand implements Callable<Integer> {
  private static final int LLAMA_3_VOCABULARY = 128_256;

  @Parameters(paramLabel = "FILE", description = "File to write.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path file;

  @Option(
      names = "--shape",
      paramLabel = "NAME",
      description = "110m, 1b or 7b; default: ${DEFAULT-VALUE}.")
  private String shape = "110m";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      completionCandidates = FormatNames.class,
      description = "Default: ${DEFAULT-VALUE}. One of ${COMPLETION-CANDIDATES}.")
  private ModelFormat format = ModelFormat.named("Q8_0");

  @Option(
      names = "--tokenizer",
      paramLabel = "KIND",
      description =
          "spm (default), or gpt2, which is llama3.java's: at least 128006 tokens, by default "
              + "128256.")
  private TokenizerKind tokenizer = TokenizerKind.SPM;

  @Option(names = "--seed", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(names = "--dim", paramLabel = "N", description = "Instead of the shape's.")
  private @Nullable Integer dim;

  @Option(names = "--layers", paramLabel = "N", description = "Instead of the shape's.")
  private @Nullable Integer layers;

  @Option(names = "--heads", paramLabel = "N", description = "Instead of the shape's.")
  private @Nullable Integer heads;

  @Option(names = "--kv-heads", paramLabel = "N", description = "Instead of the shape's.")
  private @Nullable Integer kvHeads;

  @Option(names = "--ffn", paramLabel = "N", description = "Instead of the shape's.")
  private @Nullable Integer ffn;

  @Option(names = "--vocabulary", paramLabel = "N", description = "Instead of the shape's.")
  private @Nullable Integer vocabulary;

  @Option(names = "--context", paramLabel = "N", description = "Instead of the shape's.")
  private @Nullable Integer context;

  @CommandLine.Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandLine.Model.CommandSpec spec;

  /** Names of all formats, for the help. */
  private static final class FormatNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return ModelFormat.all().stream().map(ModelFormat::toString).iterator();
    }
  }

  private SyntheticModelCommand() {}

  /** Writes the file that the arguments describe. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new SyntheticModelCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .registerConverter(ModelFormat.class, ModelFormat::named)
            .execute(args));
  }

  @Override
  public Integer call() throws IOException {
    try {
      String name = "synthetic-" + shape + "-" + format.toString().toLowerCase(Locale.ROOT);
      new SyntheticModel(name, shape(), format, tokenizer, seed).write(file);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    return CommandLine.ExitCode.OK;
  }

  private ModelShape shape() {
    ModelShape named = ModelShape.named(shape);
    return new ModelShape(
        or(dim, named.dim()),
        or(layers, named.layers()),
        or(heads, named.heads()),
        or(kvHeads, named.kvHeads()),
        or(ffn, named.ffn()),
        or(vocabulary, tokenizer == TokenizerKind.GPT2 ? LLAMA_3_VOCABULARY : named.vocabulary()),
        or(context, named.context()));
  }

  private static int or(@Nullable Integer given, int otherwise) {
    return given == null ? otherwise : given;
  }
}
