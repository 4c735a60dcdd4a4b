package dev.opml.api.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PenaltiesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 1, 0, 4",
    "-1, 1, 0, 4",
    "NaN, 1, 0, 4",
    "129, 1, 0, 4",
    "2, 128.5, 0, 4",
    "2, NaN, 0, 4",
    "2, 0, -129, 4",
    "2, 0, Infinity, 4",
    "2, 0, 0, -1",
    "2, 0, 0, 0",
    "1, 0, 0, 5",
    "1, -0.0, -0.0, 5",
    "2, -0.0, 0, 5",
    "2, 0, -0.0, 5",
  })
  void penalties_outOfRangeOrWithoutEffect_areRefused(
      float repeat, float presence, float frequency, int window) {
    assertThrows(
        InvalidSamplingException.class, () -> new Penalties(repeat, presence, frequency, window));
  }

  /** Two requests that ask the same would have different roots. */
  @Test
  void penalties_negativeZero_isRefusedByName() {
    var e = assertThrows(InvalidSamplingException.class, () -> new Penalties(2, 0, -0f, 1));
    assertEquals("frequencyPenalty", e.parameter());
    assertEquals(-0f, e.value());
    assertThrows(InvalidSamplingException.class, () -> new Penalties(1, -0f, -0f, 0));
  }
}
