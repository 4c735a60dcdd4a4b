package dev.opml.vm.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Agreement with jinja2 3.1.6, set up as Hugging Face's {@code apply_chat_template} does. Each case
 * of the resource is a line with a template, and a line with its text after {@code =}, or {@code !}
 * where jinja2 raises an error.
 */
class ConstructsTest {
  static final List<ChatMessage> MESSAGES =
      List.of(
          ChatMessage.system("Be brief."),
          ChatMessage.user("Hi \"you\" <b>é</b>"),
          ChatMessage.assistant("</think> ok\n"));

  static final ChatOptions OPTIONS =
      ChatOptions.at(LocalDateTime.of(2026, 12, 1, 10, 5, 9)).withThinking(true);

  /** A template, and its text or null. */
  record Case(String template, String expected) {}

  static Stream<Case> cases() throws IOException {
    try (InputStream in = ConstructsTest.class.getResourceAsStream("constructs.txt")) {
      String all = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
      return Stream.of(all.split("\n\n")).map(ConstructsTest::parse);
    }
  }

  private static Case parse(String lines) {
    int end = lines.indexOf('\n');
    String expected =
        lines.substring(end + 1).stripTrailing().equals("!") ? null : lines.substring(end + 3);
    return new Case(
        unescape(lines.substring(0, end)), expected == null ? null : unescape(expected));
  }

  private static String unescape(String line) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      text.append(c == '\\' ? "\n\r\\".charAt("nr\\".indexOf(line.charAt(++i))) : c);
    }
    return text.toString();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void render_construct_isAsByJinja(Case c) {
    if (c.expected == null) {
      assertThrows(ChatTemplateException.class, () -> render(c.template));
    } else {
      assertEquals(c.expected, render(c.template));
    }
  }

  static String render(String template) {
    return ChatTemplate.parse(template, ChatTokens.of("<s>", "</s>"), ChatLimits.DEFAULT)
        .render(MESSAGES, OPTIONS);
  }
}
