package dev.opml.vm.chat;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Encoding;
import dev.opml.api.inference.TokenKind;
import dev.opml.api.inference.Tokenizer;
import java.util.List;

/** Makes the prompt of a conversation: renders its template, and encodes what that wrote. */
final class ChatPrompt {
  private final Tokenizer tokenizer;
  private final ChatTemplate template;

  /** The model's beginning-of-sequence token, if it adds that before a text. */
  private final TokenIds added;

  ChatPrompt(Tokenizer tokenizer, ChatTemplate template) {
    this.tokenizer = tokenizer;
    this.template = template;
    TokenIds empty = tokenizer.encodePrompt("");
    boolean begins = empty.size() > 0 && empty.get(0) == tokenizer.beginOfSequence();
    this.added = begins ? empty.slice(0, 1) : TokenIds.EMPTY;
  }

  /** The ids of all messages, up to where the model's reply begins. */
  TokenIds ids(List<ChatMessage> messages, ChatOptions options) {
    for (int i = 0; i < messages.size(); i++) {
      requireText(i, messages.get(i).content());
    }
    TokenIds ids = tokenizer.encode(template.render(messages, options), Encoding.MARKUP);
    boolean written = added.size() == 0 || (ids.size() > 0 && ids.get(0) == added.get(0));
    return written ? ids : added.concat(ids);
  }

  /** Whoever writes a message must not write a control token. */
  private void requireText(int index, String content) {
    TokenIds markup = tokenizer.encode(content, Encoding.MARKUP);
    TokenIds text = tokenizer.encode(content, Encoding.TEXT);
    if (!markup.equals(text)) {
      int control =
          markup.stream()
              .filter(id -> tokenizer.kind(id) == TokenKind.CONTROL)
              .findFirst()
              .orElse(tokenizer.beginOfSequence());
      throw new ControlTokenException(index, control < 0 ? "?" : tokenizer.name(control));
    }
  }
}
