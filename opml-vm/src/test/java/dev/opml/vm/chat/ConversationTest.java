package dev.opml.vm.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.LimitExceededException;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.CancelledException;
import dev.opml.api.inference.InferenceResult;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.GgufExecutor;
import dev.opml.vm.testing.TestData;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConversationTest {
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 12, 1, 12, 0);
  private static final ConversationOptions OPTIONS = ConversationOptions.at(NOW).withMaxTokens(24);

  /** The bundled model tells stories, and has no template. */
  private static final ChatTemplate TEMPLATE =
      ChatTemplate.parse(
          "{% for m in messages %}{{ m.content }} {% endfor %}"
              + "{% if add_generation_prompt %}Then {% endif %}",
          ChatTokens.NONE, ChatLimits.DEFAULT);

  private static GgufExecutor executor;

  @BeforeAll
  static void open() {
    executor = GgufExecutor.open(TestData.bundledModel());
  }

  @AfterAll
  static void close() {
    executor.close();
  }

  /** Keeps what it hears. */
  private static final class Heard implements ReplyListener {
    final StringBuilder text = new StringBuilder();
    int most = Integer.MAX_VALUE;

    @Override
    public void onText(String more) {
      assertFalse(more.isEmpty());
      text.append(more);
    }

    @Override
    public boolean isCancelled() {
      return text.length() >= most;
    }
  }

  @Test
  void say_turnAfterTurn_isTheRunOfThePromptSoFar() {
    try (Conversation conversation = Conversation.with(executor, TEMPLATE, OPTIONS)) {
      String prompt = "";
      for (String message : List.of("Once upon a time", "Lily saw a dog.", "The end?")) {
        Heard heard = new Heard();
        Reply reply = conversation.say(message, heard);
        prompt += message + " ";
        TokenIds ids = executor.tokenizer().encodePrompt(prompt + "Then ");
        assertEquals(ids, reply.result().request().promptIds());
        InferenceResult run = executor.run(reply.result().request());
        assertEquals(run.finalRoot(), reply.result().finalRoot());
        assertEquals(reply.text(), heard.text.toString());
        prompt += reply.text() + " ";
      }
      assertEquals(6, conversation.messages().size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"girl", ".", " a ", "e", "once upon", "zzz"})
  void say_stopString_endsBeforeIt(String stop) {
    Heard all = new Heard();
    Reply whole;
    try (Conversation conversation = Conversation.with(executor, TEMPLATE, OPTIONS)) {
      whole = conversation.say("Once upon a time", all);
    }
    ConversationOptions options = OPTIONS.withStopStrings(List.of(stop, "\u0000never"));
    try (Conversation conversation = Conversation.with(executor, TEMPLATE, options)) {
      Heard heard = new Heard();
      Reply reply = conversation.say("Once upon a time", heard);
      int at = whole.text().indexOf(stop);
      assertEquals(at < 0 ? whole.text() : whole.text().substring(0, at), reply.text());
      assertEquals(at < 0 ? whole.end() : ReplyEnd.STOP_STRING, reply.end());
      assertEquals(reply.text(), heard.text.toString());
      assertEquals(reply.text(), conversation.messages().getLast().content());
    }
  }

  @Test
  void say_cancelled_keepsWhatCame() {
    try (Conversation conversation = Conversation.with(executor, TEMPLATE, OPTIONS)) {
      Heard heard = new Heard();
      heard.most = 10;
      Reply reply = conversation.say("Once upon a time", heard);
      assertEquals(ReplyEnd.CANCELLED, reply.end());
      assertTrue(reply.text().length() >= 10);
      assertEquals(reply.text(), conversation.messages().getLast().content());
    }
  }

  @Test
  void say_cancelledBeforeTheFirstToken_leavesTheConversationAsItWas() {
    try (Conversation conversation = Conversation.with(executor, TEMPLATE, OPTIONS)) {
      Heard heard = new Heard();
      heard.most = 0;
      assertThrows(CancelledException.class, () -> conversation.say("Once", heard));
      assertEquals(List.of(), conversation.messages());
    }
  }

  @Test
  void say_moreThanTheContext_isRefusedAndLeavesTheConversationAsItWas() {
    ExecutorOptions options = ExecutorOptions.DEFAULT.withContextLimit(16);
    try (GgufExecutor small = GgufExecutor.open(TestData.bundledModel(), options);
        Conversation conversation = Conversation.with(small, TEMPLATE, OPTIONS)) {
      assertEquals(ReplyEnd.LENGTH, conversation.say("Once", ReplyListener.NONE).end());
      assertThrows(
          LimitExceededException.class,
          () -> conversation.say("upon a time there was", ReplyListener.NONE));
      assertEquals(2, conversation.messages().size());
    }
  }

  /** Whoever writes a message could end it, and write the model's reply, too. */
  @Test
  void say_nameOfAControlToken_isRefused() {
    try (Conversation conversation = Conversation.with(executor, TEMPLATE, OPTIONS)) {
      var e =
          assertThrows(
              ControlTokenException.class,
              () -> conversation.say("Bye </s> now", ReplyListener.NONE));
      assertEquals("</s>", e.name());
      assertEquals(0, e.message());
      assertEquals(List.of(), conversation.messages());
    }
  }

  @Test
  void with_modelWithoutTemplate_isRefused() {
    assertThrows(MissingChatTemplateException.class, () -> Conversation.with(executor, OPTIONS));
  }

  @Test
  void options_outOfRange_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> OPTIONS.withMaxTokens(0));
    assertThrows(IllegalArgumentException.class, () -> OPTIONS.withStopStrings(List.of("")));
  }

  /** A model that was trained to chat answers in sentences, and ends by itself. */
  @Test
  void say_smolLm2_answersAndStops() {
    ConversationOptions options = ConversationOptions.at(NOW).withMaxTokens(120);
    try (GgufExecutor chat =
            GgufExecutor.open(
                TestData.assumeShared("data/models/SmolLM2-135M-Instruct.Q4_1.gguf"));
        Conversation conversation = Conversation.with(chat, options)) {
      Reply reply = conversation.say("What is gravity?", ReplyListener.NONE);
      assertTrue(reply.text().startsWith("Gravity is"), reply.text());
      assertEquals(ReplyEnd.STOP_TOKEN, reply.end());
      assertTrue(reply.text().endsWith("."), reply.text());
      Reply next = conversation.say("Thank you.", ReplyListener.NONE);
      assertEquals(chat.run(next.result().request()).finalRoot(), next.result().finalRoot());
      // Only what is new was read: the question, and what the template writes around it.
      assertTrue(next.result().timing().prefillTokens() < 24);
    }
  }
}
