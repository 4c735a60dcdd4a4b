package dev.opml.vm.chat;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.CancelledException;
import dev.opml.api.inference.Executor;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.InferenceResult;
import dev.opml.api.inference.InferenceSession;
import dev.opml.api.inference.StopPolicy;
import dev.opml.vm.executor.GgufExecutor;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation with a model. Each turn is a request of its own, whose prompt is all that was
 * said, and whose result supports a claim like any other; what the turn before has computed is
 * kept. Calls wait for each other; safe for use by many threads, but a listener must not call it.
 *
 * <pre>{@code
 * try (GgufExecutor executor = GgufExecutor.open(path);
 *     Conversation conversation = Conversation.with(executor, ConversationOptions.at(now))) {
 *   Reply reply = conversation.say("What is the capital of France?", ReplyListener.NONE);
 * }
 * }</pre>
 */
public final class Conversation implements AutoCloseable {
  private final Executor executor;
  private final ConversationOptions options;
  private final ChatPrompt prompt;
  private final InferenceSession session;
  private final List<ChatMessage> messages = new ArrayList<>();

  private Conversation(Executor executor, ChatTemplate template, ConversationOptions options) {
    this.executor = executor;
    this.options = options;
    this.prompt = new ChatPrompt(executor.tokenizer(), template);
    this.session = executor.newSession();
    options.system().map(ChatMessage::system).ifPresent(messages::add);
  }

  /**
   * Starts a conversation with the template of the model's file.
   *
   * @throws MissingChatTemplateException if it has none
   * @throws ChatTemplateException if it has one that is not understood
   * @throws dev.opml.api.inference.MissingTokenizerException if the model has no tokenizer that is
   *     supported
   * @throws dev.opml.api.inference.UnsuitablePromptException if the model reads no text
   */
  public static Conversation with(GgufExecutor executor, ConversationOptions options) {
    ChatTokens tokens = ChatTokens.of(executor.tokenizer());
    return with(executor, ChatTemplate.of(executor.image().file().metadata(), tokens), options);
  }

  /** Starts a conversation with another template. */
  public static Conversation with(
      Executor executor, ChatTemplate template, ConversationOptions options) {
    return new Conversation(executor, template, options);
  }

  /**
   * Says something, and hears what the model replies. Both are then part of the conversation.
   *
   * @param text what the user says
   * @param listener hears the reply as it comes, and may end it early
   * @return the reply, perhaps one that was ended early
   * @throws ControlTokenException if a message has the name of a control token in it: it would
   *     become that token
   * @throws ChatTemplateException if the template refuses the messages
   * @throws dev.opml.api.LimitExceededException if they do not fit into the model's context
   * @throws CancelledException if the call is ended before the reply has begun; the conversation is
   *     then as it was
   */
  public synchronized Reply say(String text, ReplyListener listener) {
    List<ChatMessage> said = new ArrayList<>(messages);
    said.add(ChatMessage.user(text));
    TokenIds ids = prompt.ids(said, options.chat());
    InferenceRequest request = request(ids);
    request.requireFits(executor.model().header());
    ReplyText reply = new ReplyText(executor.tokenizer(), ids, options.stopStrings(), listener);
    InferenceResult result;
    boolean cancelled = false;
    try {
      result = session.run(request, reply);
    } catch (CancelledException e) {
      result = e.partial().orElseThrow(() -> e);
      cancelled = !reply.isOver();
    }
    reply.end();
    said.add(ChatMessage.assistant(reply.text()));
    messages.clear();
    messages.addAll(said);
    ReplyEnd end = cancelled ? ReplyEnd.CANCELLED : reply.endOf(result.stopReason());
    return new Reply(reply.text(), end, result);
  }

  private InferenceRequest request(TokenIds ids) {
    int room = executor.model().header().contextLimit() - ids.size();
    return new InferenceRequest(
        ids,
        Math.max(1, Math.min(options.maxTokens(), room)),
        options.sampling(),
        StopPolicy.STOP_TOKENS);
  }

  /** All that was said, the system's message first; a copy. */
  public synchronized List<ChatMessage> messages() {
    return List.copyOf(messages);
  }

  /** Forgets what was computed; the executor stays open. */
  @Override
  public void close() {
    session.close();
  }
}
