package dev.opml.dispute.agent;

import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Trace;
import java.util.function.Consumer;

/**
 * Tokens and roots that a proposer claims.
 *
 * @param output generated tokens
 * @param finalRoot {@code S_N}
 * @param outputPath path of the output region to {@code finalRoot}
 */
public record Answer(TokenIds output, StateRoot finalRoot, SiblingPath outputPath) {
  /** The answer that a trace supports. */
  static Answer of(Trace trace) {
    return new Answer(trace.output(), trace.finalRoot(), trace.outputPath());
  }

  /** {@link #of(Trace)}; the trace goes to {@code keeper}, or is closed if it gives no answer. */
  static Answer of(Trace trace, Consumer<Trace> keeper) {
    Answer answer;
    try {
      answer = of(trace);
    } catch (Throwable e) {
      trace.close();
      throw e;
    }
    keeper.accept(trace);
    return answer;
  }
}
