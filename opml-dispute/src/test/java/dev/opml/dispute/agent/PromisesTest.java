package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.dispute.Wei;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromisesTest {
  private final Promises<String> promises = new Promises<>();

  /** Else two that need each other's bond would both give way. */
  @Test
  void promise_severalAtOnce_needsItsOwnAndThoseBeforeIt() {
    assertEquals(Wei.of(1), promises.promise("a", Wei.of(1)));
    assertEquals(Wei.of(3), promises.promise("b", Wei.of(2)));
    assertEquals(Wei.of(1), promises.promise("a", Wei.of(1)), "promised already");
    assertEquals(Wei.of(3), promises.promise("b", Wei.of(2)));
    promises.end("a");
    assertEquals(Wei.of(2), promises.promise("b", Wei.of(2)));
  }

  @Test
  void retain_someKeys_endsTheOthers() {
    for (String key : List.of("a", "b", "c")) {
      promises.promise(key, Wei.of(1));
    }
    promises.retain("b"::equals);
    assertEquals(List.of("b"), List.copyOf(promises.keys()));
  }
}
