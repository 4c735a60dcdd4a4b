package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.elf.ElfProgram;
import dev.opml.vm.elf.ElfSegment;
import dev.opml.vm.elf.MalformedElfException;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElfProgramTest {
  private static final byte[] CODE = {0x13, 0, 0, 0, 0x73, 0, 0, 0};
  private static final int READ_WRITE = 6;
  private static final int ALL = 7;
  private static final long END = 1L << 40;

  /** Offsets of fields of the program header at an index. */
  private static long header(int index, int field) {
    return 64 + 56 * index + field;
  }

  private static void assertRefused(byte[] elf, long offset) {
    MalformedElfException e = assertThrows(MalformedElfException.class, () -> ElfProgram.read(elf));
    assertEquals(offset, e.offset(), e.getMessage());
  }

  @Test
  void read_segmentsInAnyOrder_keepsThem() {
    byte[] elf =
        new ElfBuilder()
            .entry(END - 8)
            .code(END - 8, CODE)
            .segment(ElfBuilder.LOAD, READ_WRITE, 0x8000_0000L, new byte[] {1, 2, 3}, 1L << 32)
            .segment(ElfBuilder.LOAD, ALL, 0x1001, new byte[] {4}, 9)
            .build();
    ElfProgram program = ElfProgram.read(elf);
    Arrays.fill(elf, (byte) 0);
    assertEquals(END - 8, program.entryPoint());
    assertEquals(3, program.segments().size());
    ElfSegment data = program.segments().get(1);
    assertFalse(data.executable());
    assertEquals(0x8000_0000L, data.base());
    assertEquals(0x1_8000_0000L, data.end());
    assertArrayEquals(new byte[] {1, 2, 3}, data.content().bytes().toArray(ValueLayout.JAVA_BYTE));
    assertTrue(program.segments().get(2).executable());
    assertEquals(0x100a, program.segments().get(2).end());
  }

  @Test
  void read_floatAbiAndOtherSegmentTypes_areIgnored() {
    byte[] elf = new ElfBuilder().code(0x10000, CODE).segment(7, 4, 0, new byte[] {9}, 1).build();
    elf[48] = 5;
    assertEquals(1, ElfProgram.read(elf).segments().size());
  }

  @ParameterizedTest
  @CsvSource({"4, 1, 4", "16, 3, 16", "18, 62, 18", "24, 2, 24", "24, 8, 24", "31, 128, 24"})
  void read_wrongField_isRefusedAtItsOffset(int at, int value, long offset) {
    byte[] elf = new ElfBuilder().code(0x10000, CODE).build();
    elf[at] = (byte) value;
    assertRefused(elf, offset);
  }

  @Test
  void read_fieldWithItsTopBitSet_isNamedAsUnsigned() {
    assertNamed("magic: expected 0x464c457f, got 0xff4c457f", 3);
    assertNamed("type: expected 0x2, got 0xff02", 17);
    assertNamed("version: expected 0x1, got 0xff000001", 23);
    assertNamed("program header size: expected 0x38, got 0xff38", 55);
    assertNamed("alignment of the entry point: expected 0x0, got 0x3", 24, 31);
  }

  /** The message where some bytes are 0xff. */
  private static void assertNamed(String what, int... places) {
    byte[] elf = new ElfBuilder().code(0x10000, CODE).build();
    for (int at : places) {
      elf[at] = (byte) 0xff;
    }
    MalformedElfException e = assertThrows(MalformedElfException.class, () -> ElfProgram.read(elf));
    assertTrue(e.getMessage().endsWith(what), e.getMessage());
  }

  @Test
  void read_entryInData_isRefused() {
    byte[] elf =
        new ElfBuilder()
            .entry(0x20000)
            .code(0x10000, CODE)
            .segment(ElfBuilder.LOAD, READ_WRITE, 0x20000, CODE, 8)
            .build();
    assertRefused(elf, 24);
  }

  @ParameterizedTest
  @CsvSource({
    "0xfffc, 5",
    "0x10007, 1",
    "0x10000, 8",
    "0xfffffffff9, 8",
    "-4, 4",
    "0xfff8, 0x10000"
  })
  void read_segmentThatOverlapsOrLeavesMemory_isRefused(String address, String size) {
    byte[] elf =
        new ElfBuilder()
            .code(0x10000, CODE)
            .segment(ElfBuilder.LOAD, READ_WRITE, Long.decode(address), CODE, 8)
            .build();
    // The builder's sizes are plain; here they are the test's.
    java.nio.ByteBuffer fields =
        java.nio.ByteBuffer.wrap(elf).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    fields.putLong((int) header(1, 32), 0).putLong((int) header(1, 40), Long.decode(size));
    assertRefused(elf, header(1, 16));
  }

  @ParameterizedTest
  @CsvSource({"2", "3"})
  void read_dynamicProgram_isRefused(int type) {
    byte[] elf =
        new ElfBuilder().code(0x10000, CODE).segment(type, 4, 0, new byte[] {9}, 1).build();
    assertRefused(elf, header(1, 0));
  }

  @Test
  void read_codeBeyondTheLimit_isRefused() {
    ElfBuilder most =
        new ElfBuilder()
            .segment(ElfBuilder.LOAD, ElfBuilder.READ_EXECUTE, 0x10000, CODE, 1 << 25)
            .segment(ElfBuilder.LOAD, READ_WRITE, END / 2, CODE, END / 2)
            .segment(ElfBuilder.LOAD, ALL, 1L << 30, CODE, 1 << 25);
    assertEquals(3, ElfProgram.read(most.build()).segments().size());
    assertRefused(most.code(8, new byte[1]).build(), header(3, 40));
  }

  @Test
  void read_cutAnywhere_isRefused() {
    byte[] elf = new ElfBuilder().code(0x10000, CODE).build();
    for (int length = 0; length < elf.length; length++) {
      byte[] cut = Arrays.copyOf(elf, length);
      assertThrows(MalformedElfException.class, () -> ElfProgram.read(cut), "length " + length);
    }
  }

  @Test
  void read_randomDamage_isReadOrRefused() {
    Random random = new Random(6);
    byte[] good = new ElfBuilder().code(0x10000, CODE).code(0x11000, CODE).build();
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] elf = good.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        elf[random.nextInt(elf.length)] = (byte) random.nextInt(256);
      }
      try {
        assertTrue(ElfProgram.read(elf).segments().size() <= 2);
      } catch (MalformedElfException e) {
        refused++;
        assertTrue(e.offset() >= 0 && e.offset() <= elf.length, e.getMessage());
      }
    }
    assertTrue(refused > 1000, refused + " refused, seed 6");
  }
}
