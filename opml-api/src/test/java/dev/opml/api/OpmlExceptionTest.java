package dev.opml.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class OpmlExceptionTest {

  @Test
  void constructor_messageAndCause_keepsBoth() {
    var cause = new IllegalStateException("inner");
    var exception = new OpmlException("outer", cause);
    assertEquals("outer", exception.getMessage());
    assertSame(cause, exception.getCause());
  }
}
