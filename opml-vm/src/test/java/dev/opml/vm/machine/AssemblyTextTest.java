package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.vm.machine.instruction.AssemblyText;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class AssemblyTextTest {
  @Test
  void of_localeWithOtherDigits_writesTheUsualOnes() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG"));
    try {
      assertEquals("addi a0, a1, -12", AssemblyText.of(0xff458513, 0));
      assertEquals("lw a0, 12(a1)", AssemblyText.of(0x00c5a503, 0));
      assertEquals("sw a0, 12(a1)", AssemblyText.of(0x00a5a623, 0));
      assertEquals("jr 12(a1)", AssemblyText.of(0x00c58067, 0));
      assertEquals("lui a0, 0xc", AssemblyText.of(0x0000c537, 0));
      assertEquals("illegal 0x00000000", AssemblyText.of(0, 0));
    } finally {
      Locale.setDefault(before);
    }
  }
}
