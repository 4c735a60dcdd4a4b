package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.OpmlException;
import dev.opml.vm.chat.ChatOptions;
import dev.opml.vm.chat.Conversation;
import dev.opml.vm.chat.ConversationOptions;
import dev.opml.vm.chat.Reply;
import dev.opml.vm.chat.ReplyListener;
import dev.opml.vm.executor.GgufExecutor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code opml chat}: a conversation. */
@Command(
    name = "chat",
    sortOptions = false,
    description =
        "Talks with a model, as the template in its file says. Reads a message a line from standard "
            + "input until that ends, or takes --message.")
final class ChatCommand extends ModelCommand {
  private static final String PROMPT = "> ";

  @Option(
      names = "--message",
      paramLabel = "TEXT",
      description = "Say this and end; may be repeated, for a turn each.")
  private List<String> messages = List.of();

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "The system's message; default: what the template says.")
  private @Nullable String system;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description =
          "Most tokens of a reply; default "
              + ConversationOptions.DEFAULT_MAX_TOKENS
              + ", or what the context limit leaves.")
  private int maxTokens = ConversationOptions.DEFAULT_MAX_TOKENS;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End a reply before this text; may be repeated.")
  private List<String> stops = List.of();

  @Option(
      names = "--think",
      negatable = true,
      description = "Tell the template whether to think first; default: as it chooses.")
  private @Nullable Boolean think;

  @Mixin private SamplingOptions sampling = new SamplingOptions();

  ChatCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  boolean execute(ObjectNode result) throws IOException {
    sampling.check(this);
    ConversationOptions options = checked(this::conversationOptions);
    if (json() && messages.isEmpty()) {
      throw usage("--json needs --message");
    }
    try (GgufExecutor executor = open();
        Conversation conversation = Conversation.with(executor, options)) {
      if (messages.isEmpty()) {
        talk(conversation);
      } else {
        answer(conversation, result);
      }
    }
    return true;
  }

  private ConversationOptions conversationOptions() {
    LocalDateTime now = LocalDateTime.now(ZoneId.systemDefault());
    ChatOptions chat = ChatOptions.at(now);
    ConversationOptions options =
        ConversationOptions.at(now)
            .withMaxTokens(maxTokens)
            .withStopStrings(stops)
            .withSampling(sampling.toParameters())
            .withChat(think == null ? chat : chat.withThinking(think));
    return system == null ? options : options.withSystem(system);
  }

  private void answer(Conversation conversation, ObjectNode result) {
    ArrayNode replies = result.putArray("replies");
    Reply last = null;
    for (String message : messages) {
      last = say(conversation, message);
      describe(last, replies.addObject());
    }
    if (last != null) {
      describe(last, result);
    }
  }

  private static void describe(Reply reply, ObjectNode result) {
    result
        .put("text", reply.text())
        .put("stopReason", Printable.name(reply.end()))
        .put("modelId", reply.result().modelId().toString())
        .put("finalRoot", reply.result().finalRoot().toString())
        .put("outputTokens", reply.result().output().size());
  }

  private Reply say(Conversation conversation, String message) {
    Reply reply = conversation.say(message, listener());
    sayLine("");
    return reply;
  }

  private void talk(Conversation conversation) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    prompt();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (!line.isBlank()) {
        try {
          Reply _ = say(conversation, line);
        } catch (OpmlException e) {
          // What was said before still stands.
          terminal().err().println("opml chat: " + Printable.line(String.valueOf(e.getMessage())));
        }
      }
      prompt();
    }
  }

  private void prompt() {
    if (terminal().outInteractive()) {
      say(terminal().bold(PROMPT));
      terminal().out().flush();
    }
  }

  private ReplyListener listener() {
    return new ReplyListener() {
      @Override
      public void onText(String text) {
        say(terminal().outInteractive() ? Printable.prose(text) : text);
      }

      @Override
      public void onProgress(String stage, long done, long total) {
        progress().show(stage, done, total);
      }
    };
  }
}
