package dev.opml.examples.cli;

import dev.opml.api.TokenIds;
import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads token ids, separated by blanks or commas; there may be none. */
final class TokenIdList implements ITypeConverter<TokenIds> {
  @Override
  public TokenIds convert(String text) {
    try {
      return TokenIds.of(
          Arrays.stream(text.split("[\\s,]+"))
              .filter(id -> !id.isEmpty())
              .mapToInt(TokenIdList::id)
              .toArray());
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + Printable.line(text) + "' is no list of token ids");
    }
  }

  private static int id(String text) {
    int id = Integer.parseInt(text);
    if (id < 0) {
      throw new NumberFormatException(text);
    }
    return id;
  }
}
