package dev.opml.vm.chat;

import dev.opml.vm.chat.ChatTemplateException.Kind;
import dev.opml.vm.gguf.GgufMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's way to write a conversation as one text: its Jinja template, rendered as Hugging Face's
 * {@code apply_chat_template} does it with jinja2. Immutable, and safe for use by many threads.
 *
 * <p>The text is to be tokenized with special tokens recognised. A template that writes the token
 * that begins a sequence does so as text; see {@code docs/chat.md} for when to add it.
 *
 * @see <a href="https://jinja.palletsprojects.com/en/stable/templates/">Jinja</a>
 */
public final class ChatTemplate {
  private static final String KEY = "tokenizer.chat_template";

  private final List<Statement> statements;
  private final ChatTokens tokens;
  private final ChatLimits limits;

  private ChatTemplate(String source, ChatTokens tokens, ChatLimits limits) {
    this.tokens = tokens;
    this.limits = limits;
    if (source.length() > limits.maxTemplateLength()) {
      throw new ChatTemplateException(
          Kind.LIMIT,
          1,
          "maxTemplateLength is %d, this needs at least %d"
              .formatted(limits.maxTemplateLength(), source.length()));
    }
    this.statements = Parser.parse(source, limits.maxDepth());
  }

  /**
   * The template that a model's file holds, under the default limits.
   *
   * @param tokens texts of the special tokens of the file's vocabulary
   * @throws MissingChatTemplateException if the file holds none
   * @throws ChatTemplateException if it is malformed, or uses what is not supported
   */
  public static ChatTemplate of(GgufMetadata metadata, ChatTokens tokens) {
    return read(metadata, KEY, tokens);
  }

  /**
   * One of the templates that a model's file holds besides its default, under the default limits.
   *
   * @param name name of the template, such as {@code tool_use}
   * @throws MissingChatTemplateException if the file holds none of that name
   * @throws ChatTemplateException if it is malformed, or uses what is not supported
   */
  public static ChatTemplate named(GgufMetadata metadata, String name, ChatTokens tokens) {
    return read(metadata, KEY + "." + name, tokens);
  }

  private static ChatTemplate read(GgufMetadata metadata, String key, ChatTokens tokens) {
    String source =
        metadata.optionalString(key).orElseThrow(() -> new MissingChatTemplateException(key));
    return parse(source, tokens, ChatLimits.DEFAULT);
  }

  /**
   * A template given as Jinja source.
   *
   * @throws ChatTemplateException if it is malformed, goes beyond a limit, or uses what is not
   *     supported
   */
  public static ChatTemplate parse(String source, ChatTokens tokens, ChatLimits limits) {
    return new ChatTemplate(source, tokens, limits);
  }

  /**
   * The text for a conversation. It depends on the arguments alone.
   *
   * @throws ChatTemplateException if the template refuses the conversation, fails, uses what is not
   *     supported, or goes beyond a limit
   */
  public String render(List<ChatMessage> messages, ChatOptions options) {
    Budget budget = new Budget(limits);
    Evaluator evaluator = new Evaluator(budget);
    try {
      Scope scope = new Scope(null);
      Functions.define(scope, budget, options.now());
      tokens.bos().ifPresent(text -> scope.set("bos_token", new Value.Text(text)));
      tokens.eos().ifPresent(text -> scope.set("eos_token", new Value.Text(text)));
      scope.set("messages", messages(budget, messages));
      scope.set("tools", Value.None.NONE);
      scope.set("documents", Value.None.NONE);
      scope.set("add_generation_prompt", Value.of(options.addGenerationPrompt()));
      options.enableThinking().ifPresent(on -> scope.set("enable_thinking", Value.of(on)));
      return new Interpreter(budget, evaluator).render(statements, new Scope(scope));
    } catch (Fault e) {
      throw e.atLine(evaluator.line());
    }
  }

  private static Value messages(Budget budget, List<ChatMessage> messages) {
    List<Value> values = new ArrayList<>();
    for (ChatMessage message : messages) {
      Map<Value, Value> entries = new LinkedHashMap<>();
      entries.put(new Value.Text("role"), new Value.Text(message.role().text()));
      entries.put(new Value.Text("content"), Value.text(budget, message.content()));
      values.add(Value.mapping(budget, entries));
    }
    return Value.list(budget, values);
  }
}
