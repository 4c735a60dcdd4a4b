package dev.opml.vm.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.chat.ChatTemplateException.Kind;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.testing.TestData;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {
  private static final String THINKING =
      "{{ enable_thinking if enable_thinking is defined else 'unset' }}";

  @Test
  void of_modelWithoutTemplate_saysSo() {
    try (GgufFile file = GgufFile.open(TestData.bundledModel())) {
      var e =
          assertThrows(
              MissingChatTemplateException.class,
              () -> ChatTemplate.of(file.metadata(), ChatTokens.NONE));
      assertEquals("tokenizer.chat_template", e.key());
      var named =
          assertThrows(
              MissingChatTemplateException.class,
              () -> ChatTemplate.named(file.metadata(), "tool_use", ChatTokens.NONE));
      assertEquals("tokenizer.chat_template.tool_use", named.key());
    }
  }

  @Test
  void render_smolLm2_isItsChatMl() {
    Path path = TestData.assumeShared("data/models/SmolLM2-135M-Instruct.Q4_1.gguf");
    try (GgufFile file = GgufFile.open(path)) {
      ChatTemplate template = ChatTemplate.of(file.metadata(), ChatTokens.NONE);
      assertEquals(
          "<|im_start|>system\nBe brief.<|im_end|>\n"
              + "<|im_start|>user\nHi \"you\" <b>é</b><|im_end|>\n"
              + "<|im_start|>assistant\n</think> ok\n<|im_end|>\n"
              + "<|im_start|>assistant\n",
          template.render(ConstructsTest.MESSAGES, ConstructsTest.OPTIONS));
      String withoutSystem =
          template.render(List.of(ChatMessage.user("Hi")), ConstructsTest.OPTIONS);
      assertTrue(withoutSystem.startsWith("<|im_start|>system\nYou are a helpful AI assistant"));
    }
  }

  @Test
  void render_options_reachTheTemplate() {
    ChatTemplate template = parse(THINKING + "{{ add_generation_prompt }}{{ bos_token }}");
    ChatOptions options = ChatOptions.at(ConstructsTest.OPTIONS.now());
    assertEquals("unsetTrue", template.render(List.of(), options));
    assertEquals("FalseTrue", template.render(List.of(), options.withThinking(false)));
    assertEquals("unsetFalse", template.render(List.of(), options.withGenerationPrompt(false)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a\\n{{ 1 + }};SYNTAX;2;unexpected",
        "a\\n\\n{% bogus %};UNSUPPORTED;3;bogus",
        "a\\n{{ 1|bogus }};UNSUPPORTED;2;filter bogus",
        "a\\n{% if true %}\\n{{ 1|bogus }}{% endif %};UNSUPPORTED;3;filter bogus",
        "{{ 1 is bogus }};UNSUPPORTED;1;test bogus",
        "\\n{{ 'a'.encode() }};UNSUPPORTED;2;encode",
        "\\n\\n{{ missing.x }};EVALUATION;3;missing",
        "\\n{{ raise_exception('no system') }};REFUSED;2;no system",
        "{% for x in range(100001) %}{% endfor %};LIMIT;1;range"
      })
  void render_wrongTemplate_namesProblemAndLine(String template, Kind kind, int line, String part) {
    String source = template.replace("\\n", "\n");
    var e = assertThrows(ChatTemplateException.class, () -> ConstructsTest.render(source));
    assertEquals(kind, e.kind());
    assertEquals(line, e.line());
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{{ 'x' * 99999999999 }}",
        "{{ [0] * 99999999 }}",
        "{{ 'x'|indent(999999999999, true) }}",
        "{{ [1]|tojson(indent=999999999) }}",
        "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x == ns.x }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
        "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% set s = 'a' * 9999999 %}{% for i in range(9999) %}{{ ('a' * 999999 + 'b') in s }}{% endfor %}",
        "{% set s = ' ' * 9999999 %}{% for i in range(99999) %}{{ s.strip() }}{% endfor %}",
        "{% set s = 'a,' * 9999999 %}{{ s.split(',') }}"
      })
  void render_greedyTemplate_isStoppedByALimit(String template) {
    var e = assertThrows(ChatTemplateException.class, () -> ConstructsTest.render(template));
    assertEquals(Kind.LIMIT, e.kind(), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"(", "[", "{'a':", "-", "not ", "1+", "x|f(", "1 if ", "a~", "x[", "x is in ["})
  void parse_deepExpression_isStoppedByALimitOnASmallStack(String part) throws Exception {
    assertStopped("{{ " + part.repeat(20_000));
    assertStopped("{{ 1" + "+1".repeat(20_000) + " }}");
    assertStopped("{{ x" + "|d".repeat(20_000) + " }}");
    assertStopped("{% if 1 %}".repeat(10_000));
  }

  private static void assertStopped(String template) throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread small = new Thread(null, () -> ConstructsTest.render(template), "small stack", 1 << 19);
    small.setUncaughtExceptionHandler((_, e) -> thrown.set(e));
    small.start();
    small.join();
    assertTrue(thrown.get() instanceof ChatTemplateException, String.valueOf(thrown.get()));
  }

  @Test
  void parse_longTemplate_isRefused() {
    var e = assertThrows(ChatTemplateException.class, () -> parse("x".repeat((1 << 18) + 1)));
    assertTrue(e.getMessage().contains("maxTemplateLength"), e.getMessage());
  }

  @Test
  void render_largeConversation_isWithinTheLimits() {
    String content = "How many? 42 — «naïve» 🎉\n".repeat(40_000);
    ChatTemplate template =
        parse(
            "{% for m in messages %}<|{{ m.role }}|>{{ m.content.strip().split('</think>')[-1] }}{% endfor %}");
    String text = template.render(List.of(ChatMessage.user(content)), ConstructsTest.OPTIONS);
    assertEquals("<|user|>" + content.strip(), text);
  }

  private static ChatTemplate parse(String source) {
    return ChatTemplate.parse(source, ChatTokens.NONE, ChatLimits.DEFAULT);
  }
}
