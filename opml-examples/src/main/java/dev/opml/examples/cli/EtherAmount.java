package dev.opml.examples.cli;

import dev.opml.dispute.Wei;
import java.math.BigDecimal;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Amounts in ether: a decimal number with at most 18 digits after the point. */
final class EtherAmount implements ITypeConverter<Wei> {
  private static final int DIGITS = 18;
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,18})?");

  @Override
  public Wei convert(String text) {
    if (!DECIMAL.matcher(text).matches()) {
      throw new TypeConversionException("'" + text + "' is not an amount in ether");
    }
    return new Wei(new BigDecimal(text).movePointRight(DIGITS).toBigIntegerExact());
  }
}
