package dev.opml.api.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingParametersTest {
  @ParameterizedTest
  @CsvSource({
    "-0.0, 0, 1, 0, temperature",
    "NaN, 0, 1, 0, temperature",
    "0.007, 0, 1, 0, temperature",
    "128.5, 0, 1, 0, temperature",
    "-1, 0, 1, 0, temperature",
    "0, -1, 1, 0, topK",
    "0, 0, 0, 0, topP",
    "0, 0, -0.0, 0, topP",
    "0, 0, NaN, 0, topP",
    "0, 0, 1.5, 0, topP",
    "0, 0, 1, -0.0, minP",
    "0, 0, 1, NaN, minP",
    "0, 0, 1, 1, minP",
    "0, 0, 1, -0.5, minP",
  })
  void parameters_outOfRange_areRefusedByName(
      float temperature, int topK, float topP, float minP, String name) {
    InvalidSamplingException e =
        assertThrows(
            InvalidSamplingException.class,
            () -> new SamplingParameters(temperature, topK, topP, minP, 7));
    assertEquals(name, e.parameter());
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 1, 0", "0.0078125, 2147483647, 1e-45, 0.999", "128, 40, 0.95, 0.05"})
  void parameters_atTheEndsOfTheirRanges_areAccepted(
      float temperature, int topK, float topP, float minP) {
    assertEquals(topP, new SamplingParameters(temperature, topK, topP, minP, 7).topP());
  }
}
