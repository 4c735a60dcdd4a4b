package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.vm.gguf.GgmlType;
import dev.opml.vm.gguf.GgufArray;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.gguf.GgufTensor;
import dev.opml.vm.gguf.GgufValue;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code opml inspect}: what a GGUF file says, whether or not opML can run it. */
@Command(
    name = "inspect",
    description = "Shows a model file's metadata, tensors, quantizations and tokenizer.")
final class InspectCommand extends Subcommand {
  private static final int MAX_TEXT = 72;
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
    try (GgufFile file = GgufFile.open(model)) {
      result.put("file", model.toString()).put("bytes", file.bytes().byteSize());
      sayLine(terminal().bold(Printable.line(model.toString())) + ", " + bytes(file));
      metadata(file, result.putObject("metadata"));
      tokenizer(file, result.putObject("tokenizer"));
      quantizations(file, result.putArray("quantizations"));
      tensors(file, result.putArray("tensors"));
    }
    return true;
  }

  private static String bytes(GgufFile file) {
    return "%,d bytes".formatted(file.bytes().byteSize());
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
    Map<GgmlType, List<GgufTensor>> byType =
        file.tensors().stream()
            .collect(
                Collectors.groupingBy(
                    GgufTensor::type, () -> new EnumMap<>(GgmlType.class), Collectors.toList()));
    heading("quantizations", byType.size());
    byType.forEach((type, tensors) -> {
      long bytes = tensors.stream().mapToLong(GgufTensor::byteSize).sum();
      target
          .addObject()
          .put("type", type.name())
          .put("tensors", tensors.size())
          .put("bytes", bytes);
      sayLine("  %-5s %,6d tensors %,16d bytes".formatted(type, tensors.size(), bytes));
    });
  }

  private void tensors(GgufFile file, ArrayNode target) {
    heading("tensors", file.tensors().size());
    for (GgufTensor tensor : file.tensors()) {
      ObjectNode entry =
          target.addObject().put("name", tensor.name()).put("type", tensor.type().name());
      ArrayNode shape = entry.putArray("shape");
      tensor.shape().forEach(shape::add);
      entry.put("offset", tensor.offset()).put("bytes", tensor.byteSize());
      sayLine(
          "  %-32s %-5s %-16s %,14d bytes at %,d"
              .formatted(
                  Printable.line(tensor.name()),
                  tensor.type(),
                  tensor.shape(),
                  tensor.byteSize(),
                  tensor.offset()));
    }
  }

  private void heading(String title, int count) {
    sayLine("\n" + terminal().bold(title) + " (" + count + ")");
  }
}
