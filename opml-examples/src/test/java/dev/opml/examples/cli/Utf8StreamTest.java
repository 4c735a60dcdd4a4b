package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Utf8StreamTest {
  @Test
  void push_byteByByte_givesTheSameText() {
    String text = "a ä € 𝄞 z";
    Utf8Stream stream = new Utf8Stream();
    StringBuilder joined = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      joined.append(stream.push(new byte[] {b}));
    }
    assertEquals(text, joined.append(stream.end()).toString());
  }

  @Test
  void push_partOfACharacter_isHeldBack() {
    Utf8Stream stream = new Utf8Stream();
    assertEquals("a", stream.push(new byte[] {'a', (byte) 0xe2, (byte) 0x82}));
    assertEquals("€", stream.push(new byte[] {(byte) 0xac}));
  }

  @Test
  void push_malformedBytes_becomeReplacements() {
    assertEquals("\ufffdx", new Utf8Stream().push(new byte[] {(byte) 0xff, 'x'}));
  }

  @Test
  void end_inACharacter_givesOneReplacement() {
    Utf8Stream stream = new Utf8Stream();
    assertEquals("", stream.push(new byte[] {(byte) 0xf0, (byte) 0x9f}));
    assertEquals("\ufffd", stream.end());
  }
}
