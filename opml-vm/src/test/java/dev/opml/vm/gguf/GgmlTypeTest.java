package dev.opml.vm.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GgmlTypeTest {
  /** Part of the name that javac gives the table of a switch on types. */
  private static final String SWITCH = "$SwitchMap$" + GgmlType.class.getName().replace('.', '$');

  @ParameterizedTest
  @EnumSource
  void name_isThatOfItsNumber(GgmlType type) {
    assertEquals(type.name(), TensorFormat.ofId(type.id()).name());
  }

  @ParameterizedTest
  @EnumSource
  void floats_lieInABlockOneBehindTheOther(GgmlType type) {
    int end = 0;
    for (BlockFloat number : type.floats()) {
      assertTrue(number.offset() >= end, number::toString);
      end = number.upperByte() + 1;
    }
    assertTrue(end > 0 && end <= type.blockBytes());
    assertTrue(type.blockSize() > 1 || end == type.blockBytes(), "nothing else is in a block");
  }

  /** Elsewhere a new type would be forgotten. */
  @Test
  void types_areSwitchedOnByTheTablesOfCodeOnly() throws IOException, URISyntaxException {
    Path classes =
        Path.of(GgmlType.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(classes)) {
      Set<String> switching =
          files
              .filter(file -> file.toString().endsWith(".class") && contains(file, SWITCH))
              .map(file -> file.getFileName().toString())
              .collect(Collectors.toSet());
      assertEquals(
          Set.of(
              "WeightRow.class",
              "WeightRow$1.class",
              "TileLayouts.class",
              "TileLayouts$1.class",
              "TileFormats.class",
              "TileFormats$1.class"),
          switching);
    }
  }

  private static boolean contains(Path file, String text) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
