package dev.opml.dispute.game;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.image.GraphHeader;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentsTest {
  @Test
  void boundary_anyIntervalAndArity_cutsIntoNonEmptySegments() {
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      int arity = 2 + random.nextInt(63);
      long low = random.nextLong(1L << 40);
      long size = 1 + random.nextLong(1L << random.nextInt(41));
      int count = Segments.count(arity, size);
      long previous = Segments.boundary(low, low + size, count, 0);
      assertEquals(low, previous);
      for (int b = 1; b <= count; b++) {
        long next = Segments.boundary(low, low + size, count, b);
        assertTrue(next > previous, "arity " + arity + ", size " + size);
        assertTrue(next - previous <= Segments.largest(arity, size));
        previous = next;
      }
      assertEquals(low + size, previous);
    }
  }

  @Test
  void mostMoves_ofTheDesignsExample_isTwentyOne() {
    // The challenge, 7 picks among nodes, the opening, 11 picks among instructions, the witness.
    assertEquals(8, Segments.subdivisions(8, 1L << 21));
    assertEquals(12, Segments.subdivisions(8, 1L << 32));
    assertEquals(21, Segments.mostMoves(Arity.of(8), 1L << 21));
    assertEquals(17, Segments.mostMoves(Arity.of(16), 1L << 21));
  }

  @Test
  void mostMoves_ofTheLongestTrace_isWhatClocksMustSufficeFor() {
    assertEquals(41 + 33 + 1, Segments.mostMoves(Arity.of(2), GraphHeader.MAX_TRACE_LENGTH));
    assertEquals(15 + 12 + 1, Segments.mostMoves(Arity.of(8), GraphHeader.MAX_TRACE_LENGTH));
    assertEquals(1 + 33 + 1, Segments.mostMoves(Arity.of(2), 1));
  }
}
