package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.dispute.Wei;
import java.math.BigInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class EtherAmountTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "2, 2000000000000000000",
    "0.001, 1000000000000000",
    "1.000000000000000001, 1000000000000000001"
  })
  void convert_amount_isExact(String ether, BigInteger wei) {
    assertEquals(new Wei(wei), new EtherAmount().convert(ether));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "+1", "1.", ".5", "1e3", "0x1", "1.0000000000000000001", "1 "})
  void convert_anythingElse_isRefused(String text) {
    assertThrows(TypeConversionException.class, () -> new EtherAmount().convert(text));
  }
}
