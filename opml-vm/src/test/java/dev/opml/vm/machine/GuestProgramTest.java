package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.merkle.MerkleTree;
import dev.opml.vm.elf.MalformedElfException;
import dev.opml.vm.memory.MemoryExtent;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuestProgramTest {
  private static final byte[] CODE = {0x13, 0, 0, 0, 0x73, 0, 0, 0};

  private static byte[] bytes(MemoryExtent extent) {
    return extent.bytes().toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void load_segments_arePlacedAndZeroFilled() {
    byte[] elf =
        new ElfBuilder()
            .code(0x10000, CODE)
            .segment(0x70000003, 4, 0, new byte[] {9}, 1)
            .segment(ElfBuilder.LOAD, 4, 0x10010, new byte[] {1, 2}, 5)
            .build();
    GuestProgram program = GuestProgram.load(elf);
    assertEquals(2, program.extents().size());
    assertEquals(0x10000, program.extents().get(0).base());
    assertArrayEquals(CODE, bytes(program.extents().get(0)));
    assertEquals(0x10010, program.extents().get(1).base());
    assertArrayEquals(new byte[] {1, 2, 0, 0, 0}, bytes(program.extents().get(1)));
    byte[] leaf = Arrays.copyOf(CODE, 128);
    leaf[16] = 1;
    leaf[17] = 2;
    assertEquals(21, program.tree().height());
    assertEquals(MerkleTree.zero(21).withBytes(0x10000, leaf).root(), program.root());
  }

  @Test
  void load_fileChangedAfterwards_programStays() {
    byte[] elf = new ElfBuilder().code(0x10000, CODE).build();
    GuestProgram program = GuestProgram.load(elf);
    Arrays.fill(elf, (byte) 0);
    assertArrayEquals(CODE, bytes(program.extents().getFirst()));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0x7e, 0",
    "4, 1, 4",
    "5, 2, 4",
    "6, 0, 4",
    "16, 3, 16",
    "18, 62, 18",
    "20, 2, 20",
    "24, 4, 24",
    "31, 0x80, 24",
    "32, 0, 32",
    "39, 0x80, 32",
    "33, 1, 32",
    "48, 1, 48",
    "48, 2, 48",
    "52, 63, 52",
    "54, 32, 54",
    "56, 0, 56",
    "56, 65, 56",
    "56, 9, 32",
    "64, 2, 64",
    "64, 3, 64",
    "64, 7, 64",
    "68, 7, 68",
    "68, 4, 24",
    "79, 0x80, 72",
    "73, 1, 72",
    "82, 0, 24",
    "84, 1, 80",
    "87, 0x80, 80",
    "96, 1, 72",
    "103, 0x80, 72",
    "104, 7, 104",
    "111, 0x80, 104",
    "107, 0x10, 80"
  })
  void load_wrongField_isRefusedAtItsOffset(int at, int value, long offset) {
    byte[] elf = new ElfBuilder().code(0x10000, CODE).build();
    elf[at] = (byte) value;
    if (at == 96) {
      elf[97] = 1;
      elf[105] = 1;
    }
    MalformedElfException e =
        assertThrows(MalformedElfException.class, () -> GuestProgram.load(elf));
    assertEquals(offset, e.offset(), e.getMessage());
  }

  @Test
  void load_segmentsOverlapOrOutOfOrder_isRefused() {
    byte[] overlapping = new ElfBuilder().code(0x10000, CODE).code(0x10007, CODE).build();
    byte[] descending = new ElfBuilder().code(0x10000, CODE).code(0xf000, CODE).build();
    byte[] tooHigh = new ElfBuilder().code(0x10000, CODE).code((1 << 28) - 7, CODE).build();
    for (byte[] elf : new byte[][] {overlapping, descending, tooHigh}) {
      MalformedElfException e =
          assertThrows(MalformedElfException.class, () -> GuestProgram.load(elf));
      assertEquals(64 + 56 + 16, e.offset());
    }
  }

  @Test
  void load_cutAnywhere_isRefused() {
    byte[] elf = new ElfBuilder().code(0x10000, CODE).build();
    for (int length = 0; length < elf.length; length++) {
      byte[] cut = Arrays.copyOf(elf, length);
      assertThrows(MalformedElfException.class, () -> GuestProgram.load(cut), "length " + length);
    }
  }

  @Test
  void load_randomDamage_isLoadedOrRefused() {
    Random random = new Random(5);
    byte[] good = new ElfBuilder().code(0x10000, CODE).code(0x11000, CODE).build();
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] elf = good.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        int at = random.nextInt(elf.length);
        // The upper half of a size in memory only decides how much zero memory a test allocates.
        elf[at] = at % 56 >= 50 ? elf[at] : (byte) random.nextInt(256);
      }
      try {
        assertTrue(GuestProgram.load(elf).extents().size() <= 2);
      } catch (MalformedElfException e) {
        refused++;
        assertTrue(e.offset() >= 0 && e.offset() <= elf.length, e.getMessage());
      }
    }
    assertTrue(refused > 1000, refused + " refused, seed 5");
  }
}
