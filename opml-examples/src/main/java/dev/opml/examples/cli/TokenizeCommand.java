package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Encoding;
import dev.opml.api.inference.TokenKind;
import dev.opml.api.inference.Tokenizer;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.tokenizer.Tokenizers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code opml tokenize}: the token ids of a text, or the text of token ids. */
@Command(
    name = "tokenize",
    sortOptions = false,
    description =
        "Shows the token ids of a text, or the text of token ids. The file may be of any "
            + "architecture, and may hold nothing but a vocabulary.")
final class TokenizeCommand extends Subcommand {
  @Parameters(index = "0", paramLabel = "MODEL", description = "GGUF file.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path model;

  @Parameters(index = "1", paramLabel = "TEXT", arity = "0..1", description = "The text.")
  private @Nullable String text;

  @Option(names = "--file", paramLabel = "FILE", description = "The text is in this UTF-8 file.")
  private @Nullable Path file;

  @Option(
      names = "--ids",
      paramLabel = "LIST",
      converter = TokenIdList.class,
      description = "Decode these ids, with spaces or commas between, instead of a text.")
  private @Nullable TokenIds ids;

  @Option(
      names = "--no-bos",
      description = "Add no token at the beginning or the end, even if the model wants one.")
  private boolean noBos;

  @Option(
      names = "--special",
      description =
          "Take the names of control tokens in the text for these tokens, and show their names.")
  private boolean special;

  /** The file that is being looked at. */
  private @Nullable Path subject;

  TokenizeCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  Path subject() {
    return subject == null ? model : subject;
  }

  @Override
  boolean execute(ObjectNode result) throws IOException {
    if (Stream.of(text, file, ids).filter(each -> each != null).count() != 1) {
      throw usage("give one of TEXT, --file and --ids");
    }
    Tokenizer tokenizer;
    try (GgufFile gguf = GgufFile.openAny(model)) {
      tokenizer = Tokenizers.of(gguf);
    }
    TokenIds list = ids;
    TokenIds tokens =
        list == null
            ? tokenizer.encode(text(), new Encoding(!noBos, special))
            : checked("--ids", () -> known(list, tokenizer.vocabularySize()));
    ArrayNode array = result.putArray("ids");
    tokens.stream().forEach(array::add);
    String decoded = special ? withNames(tokenizer, tokens) : tokenizer.decode(tokens);
    result.put("text", decoded);
    sayLine(list == null ? text(tokens) : Printable.prose(decoded));
    return true;
  }

  private String text() throws IOException {
    if (file == null) {
      return String.valueOf(text);
    }
    subject = file;
    return TextFile.read(file);
  }

  private static TokenIds known(TokenIds list, int vocabularySize) {
    list.stream().forEach(id -> requireToken(id, vocabularySize));
    return list;
  }

  private static void requireToken(int id, int vocabularySize) {
    if (id >= vocabularySize) {
      throw new IllegalArgumentException(
          "%d is not the id of one of %,d tokens".formatted(id, vocabularySize));
    }
  }

  /** The text of tokens with the names of the control tokens in it. */
  private static String withNames(Tokenizer tokenizer, TokenIds tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    tokens.stream()
        .forEach(id ->
            bytes.writeBytes(
                tokenizer.kind(id) == TokenKind.CONTROL
                    ? tokenizer.name(id).getBytes(StandardCharsets.UTF_8)
                    : tokenizer.pieceBytes(id)));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static String text(TokenIds tokens) {
    return tokens.stream().mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }
}
