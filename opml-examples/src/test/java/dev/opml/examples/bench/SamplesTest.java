package dev.opml.examples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void figures_severalValues_areThoseOfStatistics() {
    Samples samples = Samples.of(5, 1, 2, 4);
    assertEquals(3, samples.mean());
    assertEquals(3, samples.median());
    assertEquals(Math.sqrt(10.0 / 3), samples.standardDeviation(), 1e-12);
    assertEquals(2, Samples.of(9, 1, 2).median());
  }

  @Test
  void figures_oneValue_doesNotDeviate() {
    Samples samples = Samples.of(7);
    assertEquals(7, samples.mean());
    assertEquals(7, samples.median());
    assertEquals(0, samples.standardDeviation());
  }

  @Test
  void samples_none_areRefused() {
    assertThrows(IllegalArgumentException.class, Samples::of);
  }
}
