package dev.opml.examples.cli;

import dev.opml.vm.memory.MemoryExtent;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Hexadecimal addresses, 0 to 2^40; reads them with or without {@code 0x}. */
final class HexAddress implements ITypeConverter<Long> {
  @Override
  public Long convert(String text) {
    return parse(text);
  }

  /** An address, or another number of 64 bits, as text. */
  static String text(long address) {
    return "0x" + Long.toHexString(address);
  }

  static long parse(String text) {
    String digits = text.startsWith("0x") ? text.substring(2) : text;
    if (!digits.matches("[0-9a-fA-F]{1,16}")) {
      throw new TypeConversionException("'" + text + "' is no hexadecimal address");
    }
    long address = Long.parseUnsignedLong(digits, 16);
    if (address < 0 || address > MemoryExtent.ADDRESS_SPACE) {
      throw new TypeConversionException("'" + text + "' is beyond the address space of 2^40 bytes");
    }
    return address;
  }
}
