package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.inference.Trace;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyTrace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class TraceCacheTest {
  private static final RequestId REQUEST = request(0);

  private final List<Trace> closed = new ArrayList<>();
  private final Arena arena = new Arena();

  private static RequestId request(int number) {
    return new RequestId(new Bytes32(1, 2, 3, number));
  }

  private TraceCache cache(int kept, long nodes) {
    return new TraceCache(new TraceLimits(1, 0, kept, TraceLimits.bytes(nodes)), closed::add);
  }

  private Trace trace() {
    return new ToyTrace(arena.model, arena.inference);
  }

  /** The move that opens a game uses a trace before there is a game that needs it. */
  @Test
  void retain_traceInUse_isKeptForTheGame() {
    TraceCache cache = cache(5, 1_000_000);
    Trace trace = trace();
    cache.keep(REQUEST, 1, trace);
    cache.use(
        REQUEST,
        used -> {
          cache.retain(Map.of());
          return used;
        });
    assertSame(trace, cache.use(REQUEST, Function.identity()).orElseThrow());
    cache.retain(Map.of(REQUEST, 1L));
    assertTrue(cache.has(REQUEST));
    cache.retain(Map.of());
    assertEquals(List.of(trace), closed);
    assertFalse(cache.has(REQUEST));
  }

  @Test
  void keep_moreThanTheLimit_dropsWhatIsNeededLast() {
    TraceCache cache = cache(3, 1_000_000);
    for (int i = 0; i < 20; i++) {
      cache.keep(request(i), 100 - (i % 7), trace());
      assertTrue(cache.has(request(i)), "the new one is dropped");
      assertTrue(cache.size() <= 3);
    }
    assertEquals(17, closed.size());
    assertTrue(cache.has(request(6)));
    assertTrue(cache.has(request(13)));
    cache.retain(Map.of(request(6), 7L, request(13), 8L, request(19), 9L));
    cache.keep(request(30), 1, trace());
    assertFalse(cache.has(request(19)));
  }

  @Test
  void keep_moreBytesThanTheLimit_dropsButNotWhatIsInUse() {
    long length = arena.truth.length();
    TraceCache cache = cache(100, 2 * length + 1);
    cache.keep(request(0), 9, trace());
    cache.use(
        request(0),
        used -> {
          for (int i = 1; i < 10; i++) {
            cache.keep(request(i), 1, trace());
          }
          assertTrue(cache.has(request(0)), "dropped while in use");
          assertEquals(3, cache.size());
          return used;
        });
    cache.keepIfRoom(request(20), trace());
    assertFalse(cache.has(request(20)));
    assertEquals(2, cache.size());
  }

  @Test
  void retain_timesThatHaveChanged_dropsWhatIsNeededLastNow() {
    TraceCache cache = cache(2, 1_000_000);
    cache.keep(request(0), 1, trace());
    cache.keep(request(1), 2, trace());
    cache.retain(Map.of(request(0), 9L, request(1), 2L));
    cache.keep(request(2), 3, trace());
    assertFalse(cache.has(request(0)));
    assertTrue(cache.has(request(1)));
  }

  @Test
  void keep_traceThatIsKeptAlready_closesTheNewOne() {
    TraceCache cache = cache(5, 1_000_000);
    Trace first = trace();
    Trace second = trace();
    cache.keep(REQUEST, 1, first);
    cache.keep(REQUEST, 1, second);
    assertEquals(1, closed.size());
    assertSame(second, closed.getFirst());
    assertSame(first, cache.use(REQUEST, Function.identity()).orElseThrow());
  }

  /** A limit below one trace would make it again for each move, and never in time. */
  @Test
  void keep_longerThanTheLimit_isKeptAlone() {
    TraceCache cache = cache(100, 10);
    cache.keep(request(0), 1, trace());
    cache.keep(request(1), 9, trace());
    assertTrue(cache.has(request(1)));
    assertEquals(1, cache.size());
  }
}
