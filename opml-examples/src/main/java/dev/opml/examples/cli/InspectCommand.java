package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.OpmlException;
import dev.opml.api.inference.TokenKind;
import dev.opml.api.inference.Tokenizer;
import dev.opml.vm.architecture.Architectures;
import dev.opml.vm.chat.ChatTemplate;
import dev.opml.vm.chat.ChatTokens;
import dev.opml.vm.gguf.GgufArray;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.gguf.GgufTensor;
import dev.opml.vm.gguf.GgufValue;
import dev.opml.vm.gguf.TensorFormat;
import dev.opml.vm.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code opml inspect}: what a GGUF file says, whether or not opML can run it. */
@Command(
    name = "inspect",
    description =
        "Shows a model file's metadata, tensors, quantizations, tokenizer and chat template, and what of "
            + "it opML would refuse.")
final class InspectCommand extends Subcommand {
  private static final int MAX_TEXT = 72;

  /** Most control tokens that people are shown, beside those that end a generation. */
  private static final int MAX_SHOWN = 32;

  private static final Comparator<TensorFormat> BY_NUMBER =
      (a, b) -> Integer.compareUnsigned(a.id(), b.id());
  private static final List<String> TOKENIZER_KEYS =
      List.of(
          "model",
          "pre",
          "bos_token_id",
          "eos_token_id",
          "eot_token_id",
          "unknown_token_id",
          "add_bos_token",
          "add_eos_token",
          "add_space_prefix");

  @Parameters(paramLabel = "MODEL", description = "GGUF file.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path model;

  InspectCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  Path subject() {
    return model;
  }

  @Override
  boolean execute(ObjectNode result) {
    try (GgufFile file = GgufFile.openAny(model)) {
      result.put("file", model.toString()).put("bytes", file.bytes().byteSize());
      sayLine(
          terminal().bold(Printable.line(model.toString())) + ", " + text(file.bytes().byteSize()));
      metadata(file, result.putObject("metadata"));
      tokenizer(file, result.putObject("tokenizer"));
      quantizations(file, result.putArray("quantizations"));
      specialTokens(file, result);
      tensors(file, result.putArray("tensors"));
      support(file, result.putObject("refused"));
    }
    return true;
  }

  /** Names of the tokens that are no text, if opML has the tokenizer. */
  private void specialTokens(GgufFile file, ObjectNode result) {
    Tokenizer tokenizer;
    try {
      tokenizer = Tokenizers.of(file);
    } catch (OpmlException e) {
      return; // said under "refused"
    }
    int[] ids =
        IntStream.range(0, tokenizer.vocabularySize())
            .filter(id -> tokenizer.kind(id) == TokenKind.CONTROL)
            .toArray();
    ArrayNode target = result.putArray("controlTokens");
    heading("control tokens", ids.length);
    for (int id : ids) {
      boolean ends = tokenizer.endsOfGeneration().contains(id);
      target.addObject().put("id", id).put("name", tokenizer.name(id)).put("endsGeneration", ends);
      if (target.size() <= MAX_SHOWN || ends) {
        sayLine(
            "  %6d %s%s"
                .formatted(
                    id,
                    Printable.line(tokenizer.name(id), MAX_TEXT),
                    ends ? "  ends a generation" : ""));
      }
    }
  }

  /** Says what opML would refuse, and why. */
  private void support(GgufFile file, ObjectNode target) {
    sayLine("\n" + terminal().bold("with opML"));
    support(
        "model",
        target,
        () -> {
          try (GgufFile computed = GgufFile.open(model)) {
            Architectures.modelOf(computed);
          }
        });
    support("tokenizer", target, () -> Tokenizers.of(file));
    support("chatTemplate", target, () -> ChatTemplate.of(file.metadata(), ChatTokens.NONE));
  }

  private void support(String part, ObjectNode target, Runnable use) {
    try {
      use.run();
      target.putNull(part);
      sayLine("  %-13s is supported".formatted(part));
    } catch (OpmlException e) {
      target.put(part, e.getMessage());
      sayLine(
          "  %-13s is refused: %s".formatted(part, Printable.line(String.valueOf(e.getMessage()))));
    }
  }

  private void metadata(GgufFile file, ObjectNode target) {
    Map<String, GgufValue> entries = file.metadata().asMap();
    heading("metadata", entries.size());
    entries.forEach((key, value) -> {
      target.set(key, MetadataJson.of(value));
      sayLine("  %s = %s".formatted(Printable.line(key), MetadataJson.brief(value, MAX_TEXT)));
    });
  }

  private void tokenizer(GgufFile file, ObjectNode target) {
    Map<String, GgufValue> entries = file.metadata().asMap();
    if (entries.keySet().stream().noneMatch(key -> key.startsWith("tokenizer."))) {
      return;
    }
    sayLine("\n" + terminal().bold("tokenizer"));
    for (String name : TOKENIZER_KEYS) {
      GgufValue value = entries.get("tokenizer.ggml." + name);
      if (value != null) {
        target.set(name, MetadataJson.of(value).get("value"));
        sayLine("  %s = %s".formatted(name, MetadataJson.brief(value, MAX_TEXT)));
      }
    }
    if (entries.get("tokenizer.ggml.tokens") instanceof GgufArray tokens) {
      target.put("vocabularySize", tokens.size());
      sayLine("  %,d tokens".formatted(tokens.size()));
    }
  }

  private void quantizations(GgufFile file, ArrayNode target) {
    Map<TensorFormat, List<GgufTensor>> byFormat =
        file.tensors().stream()
            .collect(
                Collectors.groupingBy(
                    GgufTensor::format, () -> new TreeMap<>(BY_NUMBER), Collectors.toList()));
    heading("quantizations", byFormat.size());
    byFormat.forEach((format, tensors) -> {
      Long bytes = bytes(tensors);
      target
          .addObject()
          .put("type", format.name())
          .put("tensors", tensors.size())
          .put("bytes", bytes);
      sayLine("  %-8s %,6d tensors %22s".formatted(format, tensors.size(), text(bytes)));
    });
  }

  private void tensors(GgufFile file, ArrayNode target) {
    heading("tensors", file.tensors().size());
    for (GgufTensor tensor : file.tensors()) {
      ObjectNode entry =
          target.addObject().put("name", tensor.name()).put("type", tensor.format().name());
      ArrayNode shape = entry.putArray("shape");
      tensor.shape().forEach(shape::add);
      Long bytes = bytes(List.of(tensor));
      entry.put("offset", tensor.offset()).put("bytes", bytes);
      sayLine(
          "  %-32s %-8s %-16s %20s at %,d"
              .formatted(
                  Printable.line(tensor.name()),
                  tensor.format(),
                  tensor.shape(),
                  text(bytes),
                  tensor.offset()));
    }
  }

  /** Size of all tensors in bytes, or null if that of one is not known. */
  private static @Nullable Long bytes(List<GgufTensor> tensors) {
    return tensors.stream().allMatch(GgufTensor::sizeKnown)
        ? tensors.stream().mapToLong(GgufTensor::byteSize).sum()
        : null;
  }

  private static String text(@Nullable Long bytes) {
    return bytes == null ? "unknown size" : "%,d bytes".formatted(bytes);
  }

  private void heading(String title, int count) {
    sayLine("\n" + terminal().bold(title) + " (" + count + ")");
  }
}
