package dev.opml.examples.cli;

import dev.opml.api.Bytes32;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Identities: {@code 0x} and 64 hexadecimal digits. */
final class Identity implements ITypeConverter<Bytes32> {
  private static final Pattern HASH = Pattern.compile("0x[0-9a-fA-F]{64}");

  @Override
  public Bytes32 convert(String text) {
    if (!HASH.matcher(text).matches()) {
      throw new TypeConversionException("'" + text + "' is not 0x and 64 hexadecimal digits");
    }
    return Bytes32.fromHex(text);
  }
}
