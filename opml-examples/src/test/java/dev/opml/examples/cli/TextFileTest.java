package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.LimitExceededException;
import dev.opml.api.OpmlException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextFileTest {
  @TempDir private Path folder;

  @Test
  void read_utf8_isTheText() throws IOException {
    for (String text : new String[] {"", "a\r\n", "\ufeffü𝄞\0"}) {
      assertEquals(text, TextFile.read(Files.writeString(folder.resolve("t"), text)));
    }
  }

  @ParameterizedTest
  @CsvSource({"ff, 0", "61c3a4ff62, 3", "6162c3, 2", "eda080, 0", "c080, 0", "61f0908d, 1"})
  void read_notUtf8_namesFileAndFirstBadByte(String hex, int offset) throws IOException {
    byte[] bytes = HexFormat.of().parseHex(hex);
    Path path = Files.write(folder.resolve("t"), bytes);
    var e = assertThrows(OpmlException.class, () -> TextFile.read(path));
    assertEquals(path + ": not UTF-8 at byte " + offset, e.getMessage());
  }

  @Test
  void read_device_isRefused() {
    var e = assertThrows(OpmlException.class, () -> TextFile.read(Path.of("/dev/zero")));
    assertTrue(e.getMessage().contains("not a regular file"), e.getMessage());
  }

  @Test
  void read_largerThanTheLimit_isRefusedByItsName() throws IOException {
    Path path = folder.resolve("sparse");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength((1L << 28) + 1);
    }
    var e = assertThrows(LimitExceededException.class, () -> TextFile.read(path));
    assertEquals("maxTextBytes", e.limitName());
  }
}
