package dev.opml.dispute.agent;

import dev.opml.dispute.RequestId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The most recent answers, so that a reveal need not run the model again. A cache only.
 * Thread-safe; two threads may compute the same answer.
 */
final class Answers {
  private static final int MOST = 64;

  private final Map<RequestId, Answer> recent =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<RequestId, Answer> eldest) {
              return size() > MOST;
            }
          });

  Answer get(RequestId request, Supplier<Answer> run) {
    Answer known = recent.get(request);
    if (known != null) {
      return known;
    }
    Answer answer = run.get();
    recent.put(request, answer);
    return answer;
  }
}
