package dev.opml.vm.chat;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Templates that are wrong in every way: an error is typed, and limits bound the work. */
class ChatTemplateFuzzTest {
  private static final ChatLimits SMALL = new ChatLimits(1 << 14, 300, 100_000, 1 << 18, 1 << 20);

  private static final List<String> PARTS =
      List.of(
          "{{",
          "}}",
          "{%",
          "%}",
          "{#",
          "#}",
          "-",
          "+",
          "*",
          "**",
          "//",
          "%",
          "~",
          "|",
          ".",
          ",",
          ":",
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          "=",
          "==",
          "<",
          "'a'",
          "\"b\"",
          "'\\x'",
          "1",
          "0",
          "9223372036854775807",
          "1.5",
          "1e308",
          "if",
          "else",
          "elif",
          "endif",
          "for",
          "in",
          "endfor",
          "set",
          "endset",
          "macro",
          "endmacro",
          "filter",
          "endfilter",
          "raw",
          "endraw",
          "break",
          "continue",
          "is",
          "not",
          "and",
          "or",
          "defined",
          "none",
          "true",
          "messages",
          "loop",
          "namespace",
          "x",
          "range",
          "split",
          "join",
          "tojson",
          "indent",
          "sort",
          "map",
          "slice",
          "content",
          "items",
          "format",
          " ",
          "\n");

  @Test
  void render_mutatedTemplates_failWithTypedErrorsOnly() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> templates = ConstructsTest.cases().map(ConstructsTest.Case::template).toList();
    int rendered = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder source = new StringBuilder(templates.get(random.nextInt(templates.size())));
      for (int edits = random.nextInt(4); edits >= 0; edits--) {
        edit(source, templates, random);
      }
      rendered += renders(source.toString(), seed) ? 1 : 0;
    }
    assertTrue(rendered > 1000, "rendered " + rendered + " with seed " + seed);
  }

  @Test
  void render_randomTemplates_failWithTypedErrorsOnly() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder source = new StringBuilder(random.nextBoolean() ? "{{ " : "{% ");
      for (int parts = random.nextInt(20); parts >= 0; parts--) {
        source
            .append(PARTS.get(random.nextInt(PARTS.size())))
            .append(random.nextBoolean() ? " " : "");
      }
      source.append(random.nextBoolean() ? " }}" : " %}");
      renders(source.toString(), seed);
    }
  }

  private static void edit(StringBuilder source, List<String> templates, Random random) {
    int at = random.nextInt(source.length() + 1);
    int end = Math.min(source.length(), at + random.nextInt(6));
    switch (random.nextInt(4)) {
      case 0 -> source.delete(at, end);
      case 1 -> source.insert(at, PARTS.get(random.nextInt(PARTS.size())));
      case 2 -> source.replace(at, end, PARTS.get(random.nextInt(PARTS.size())));
      default -> {
        String other = templates.get(random.nextInt(templates.size()));
        source.insert(at, other.substring(random.nextInt(other.length() + 1)));
      }
    }
  }

  private static boolean renders(String source, long seed) {
    try {
      ChatTemplate.parse(source, ChatTokens.of("<s>", "</s>"), SMALL)
          .render(ConstructsTest.MESSAGES, ConstructsTest.OPTIONS);
      return true;
    } catch (ChatTemplateException e) {
      return false;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return fail("seed " + seed + ": " + source, e);
    }
  }
}
