package dev.opml.examples.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads hexadecimal addresses, 0 to 2^40, with or without {@code 0x}. */
final class HexAddress implements ITypeConverter<Long> {
  /** End of the address space. */
  static final long END = 1L << 40;

  @Override
  public Long convert(String text) {
    return parse(text);
  }

  static long parse(String text) {
    String digits = text.startsWith("0x") ? text.substring(2) : text;
    if (!digits.matches("[0-9a-fA-F]{1,16}")) {
      throw new TypeConversionException("'" + text + "' is no hexadecimal address");
    }
    long address = Long.parseUnsignedLong(digits, 16);
    if (address < 0 || address > END) {
      throw new TypeConversionException("'" + text + "' is beyond the address space of 2^40 bytes");
    }
    return address;
  }
}
