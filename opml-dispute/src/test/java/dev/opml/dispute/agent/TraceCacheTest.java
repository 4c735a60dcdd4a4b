package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.Bytes32;
import dev.opml.api.inference.Trace;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.toy.Arena;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class TraceCacheTest {
  private static final RequestId REQUEST = new RequestId(new Bytes32(1, 2, 3, 4));
  private static final Supplier<Trace> NEVER =
      () -> {
        throw new AssertionError("made twice");
      };

  private final TraceCache cache = new TraceCache();
  private final Trace trace = new Arena().truth;

  /** The move that opens a game uses a trace before there is a game that needs it. */
  @Test
  void retain_traceInUse_isKeptForTheGame() {
    cache.use(
        REQUEST,
        () -> trace,
        used -> {
          assertEquals(List.of(), cache.retain(Set.of()));
          return used;
        });
    assertSame(trace, cache.use(REQUEST, NEVER, Function.identity()));
    assertEquals(List.of(), cache.retain(Set.of(REQUEST)));
    assertEquals(List.of(trace), cache.retain(Set.of()));
    assertEquals(List.of(), cache.retain(Set.of()));
  }

  @Test
  void use_makerFails_isMadeAnewTheNextTime() {
    IllegalStateException failure = new IllegalStateException("say");
    assertSame(
        failure,
        assertThrows(
            IllegalStateException.class,
            () ->
                cache.use(
                    REQUEST,
                    () -> {
                      throw failure;
                    },
                    Function.identity())));
    assertEquals(List.of(), cache.retain(Set.of()));
    assertSame(trace, cache.use(REQUEST, () -> trace, Function.identity()));
  }
}
