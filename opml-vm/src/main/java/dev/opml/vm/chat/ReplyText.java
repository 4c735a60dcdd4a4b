package dev.opml.vm.chat;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Detokenizer;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.StopReason;
import dev.opml.api.inference.Tokenizer;
import java.util.List;

/**
 * The text of a reply as its tokens come. Text that may be the beginning of a stop string is held
 * back; after a stop string, or a token that ends a generation, the reply is over.
 */
final class ReplyText implements InferenceListener {
  private final Tokenizer tokenizer;
  private final Detokenizer detokenizer;
  private final List<String> stopStrings;
  private final ReplyListener listener;
  private final StringBuilder text = new StringBuilder();

  /** Characters at the end of the text that the listener has not heard. */
  private int held;

  private boolean stopped;
  private boolean ended;

  ReplyText(
      Tokenizer tokenizer, TokenIds prompt, List<String> stopStrings, ReplyListener listener) {
    this.tokenizer = tokenizer;
    this.detokenizer = new Detokenizer(tokenizer, prompt);
    this.stopStrings = stopStrings;
    this.listener = listener;
  }

  @Override
  public void onToken(int index, int tokenId) {
    if (isOver()) {
      return;
    }
    ended = tokenizer.endsOfGeneration().contains(tokenId);
    append(detokenizer.push(tokenId));
  }

  @Override
  public void onProgress(String stage, long done, long total) {
    listener.onProgress(stage, done, total);
  }

  @Override
  public boolean isCancelled() {
    return isOver() || listener.isCancelled();
  }

  /** Whether a stop string or a token has ended the reply. */
  boolean isOver() {
    return stopped || ended;
  }

  private void append(String more) {
    int from = text.length() - held;
    text.append(more);
    int stop = firstStop(from);
    if (stop >= 0) {
      text.setLength(stop);
      stopped = true;
    }
    held = stopped ? 0 : longestBeginning(from);
    tell(from, text.length() - held);
  }

  private void tell(int from, int to) {
    if (from < to) {
      listener.onText(text.substring(from, to));
    }
  }

  /** Index of the first stop string in the text from {@code from} on, or -1. */
  private int firstStop(int from) {
    int first = -1;
    for (String stop : stopStrings) {
      int at = text.indexOf(stop, from);
      first = at >= 0 && (first < 0 || at < first) ? at : first;
    }
    return first;
  }

  /** Length of the longest end of the text that a stop string begins with. */
  private int longestBeginning(int from) {
    for (int at = from; at < text.length(); at++) {
      String end = text.substring(at);
      if (stopStrings.stream().anyMatch(stop -> stop.startsWith(end))) {
        return end.length();
      }
    }
    return 0;
  }

  /** Ends the text: what was held back was no stop string. */
  void end() {
    if (!stopped) {
      append(detokenizer.end());
      int from = text.length() - held;
      held = 0;
      tell(from, text.length());
    }
  }

  /** The text so far. */
  String text() {
    return text.toString();
  }

  /** Why the reply ended, if nobody cancelled it. */
  ReplyEnd endOf(StopReason reason) {
    if (stopped) {
      return ReplyEnd.STOP_STRING;
    }
    return ended || reason == StopReason.STOP_TOKEN ? ReplyEnd.STOP_TOKEN : ReplyEnd.LENGTH;
  }
}
