package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrosscheckCommandTest {
  @Test
  void crosscheck_someNodes_findsNoDifference() {
    JsonNode json =
        CommandRun.of(
                "crosscheck",
                TestModels.bundled(),
                "Once",
                "--max-tokens",
                2,
                "--nodes",
                "30:40",
                "--json")
            .expect(ExitStatus.HOLDS)
            .json();
    assertEquals(10, json.get("nodes").intValue());
    assertEquals(0, json.get("differences").intValue());
    assertTrue(json.has("firstDifference"));
    assertTrue(json.get("firstDifference").isNull());
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "5:5", "6:5", "-1:5", "a:b", "0:9999999999999", "100000:100001"})
  void crosscheck_otherRanges_areUsageErrors(String range) {
    CommandRun.of("crosscheck", TestModels.bundled(), "Once", "--nodes=" + range)
        .expect(ExitStatus.USAGE)
        .errorLine();
  }
}
