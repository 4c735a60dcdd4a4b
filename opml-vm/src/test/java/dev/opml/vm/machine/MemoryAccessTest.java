package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.machine.instruction.Operation;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryAccessTest {
  private static final long VALUE = 0x8182_8384_f5f6_f7f8L;

  @ParameterizedTest
  @CsvSource({
    "LB, 0xfffffffffffffff8",
    "LH, 0xfffffffffffff7f8",
    "LW, 0xfffffffff5f6f7f8",
    "LD, 0x81828384f5f6f7f8",
    "LBU, 0xf8",
    "LHU, 0xf7f8",
    "LWU, 0xf5f6f7f8"
  })
  void load_negativeValue_isExtended(Operation load, String expected) {
    TestMachine machine =
        TestMachine.of(Assembler.i(load, 5, 6, -8))
            .poke(TestMachine.STATE, VALUE)
            .set(6, TestMachine.STATE + 8)
            .runs();
    assertEquals(Long.parseUnsignedLong(expected.substring(2), 16), machine.get(5));
  }

  @ParameterizedTest
  @CsvSource({
    "SB, 0xffffffffffffff11",
    "SH, 0xffffffffffff2211",
    "SW, 0xffffffff44332211",
    "SD, 0x8877665544332211"
  })
  void store_narrow_leavesOtherBytes(Operation store, String expected) {
    TestMachine machine =
        TestMachine.of(Assembler.s(store, 5, 6, 2040))
            .poke(TestMachine.SCRATCH + 4096, -1)
            .set(5, 0x8877_6655_4433_2211L)
            .set(6, TestMachine.SCRATCH + 4096 - 2040)
            .runs();
    assertEquals(
        Long.parseUnsignedLong(expected.substring(2), 16),
        machine.peek(TestMachine.SCRATCH + 4096));
  }

  @Test
  void load_everyRegion_isLegal() {
    for (MemoryRegion region : MemoryRegion.values()) {
      for (long address : new long[] {region.base(), region.base() + region.size() - 8}) {
        TestMachine machine =
            TestMachine.of(Assembler.i(Operation.LD, 5, 6, 0)).set(6, address).set(5, 1).runs();
        assertEquals(0, machine.get(5), region.name());
      }
    }
  }

  @Test
  void load_gapBetweenRegions_isZero() {
    assertEquals(
        0,
        TestMachine.of(Assembler.i(Operation.LBU, 5, 6, 0))
            .set(6, 0x1200_0000)
            .set(5, 1)
            .runs()
            .get(5));
  }

  @ParameterizedTest
  @EnumSource(MemoryRegion.class)
  void store_region_isLegalWhereTheLayoutSays(MemoryRegion region) {
    long last = region.base() + region.size() - 1;
    for (long address : new long[] {region.base(), last}) {
      TestMachine machine =
          TestMachine.of(Assembler.s(Operation.SB, 5, 6, 0)).set(5, 9).set(6, address);
      if (region.writable()) {
        machine.runs();
        byte[] stored = new byte[1];
        machine.hart.memory.read(address, stored);
        assertEquals(9, stored[0]);
      } else {
        machine.assertFaults(region.name());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0x1200_0000L, 0xfff_ffffL, 0x0f_ffff_ffffL, 0x7f_ffff_ffffL})
  void store_outsideWritableRegions_faults(long address) {
    TestMachine.of(Assembler.s(Operation.SB, 5, 6, 0)).set(6, address).assertFaults("store");
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 40, (1L << 40) + 8, 1L << 62, Long.MIN_VALUE, -8, -4096})
  void access_beyondTheAddressSpace_faults(long address) {
    TestMachine.of(Assembler.i(Operation.LD, 5, 6, 0)).set(6, address).assertFaults("load");
    TestMachine.of(Assembler.s(Operation.SD, 5, 6, 0)).set(6, address).assertFaults("store");
  }

  @Test
  void access_addressWrapsAround2To64_isThatOfTheSum() {
    TestMachine below = TestMachine.of(Assembler.i(Operation.LD, 5, 0, -8));
    below.assertFaults("0 - 8");
    TestMachine above = TestMachine.of(Assembler.i(Operation.LWU, 5, 6, 2044)).set(6, -2044);
    above.set(5, 3).runs();
    assertEquals(0, above.get(5));
    TestMachine.of(Assembler.s(Operation.SD, 5, 6, 8)).set(6, -8).assertFaults("store at 0");
  }

  @ParameterizedTest
  @CsvSource({
    "LH, 1", "LHU, 1", "LW, 1", "LW, 2", "LW, 3", "LWU, 2", "LD, 1", "LD, 2", "LD, 4", "LD, 7"
  })
  void load_misaligned_faults(Operation load, int offset) {
    TestMachine.of(Assembler.i(load, 5, 6, offset))
        .set(6, TestMachine.STATE + 4096)
        .assertFaults(load + " " + offset);
  }

  @ParameterizedTest
  @CsvSource({"SH, 1", "SW, 1", "SW, 2", "SW, 3", "SD, 1", "SD, 2", "SD, 4", "SD, 7"})
  void store_misaligned_faults(Operation store, int offset) {
    TestMachine.of(Assembler.s(store, 5, 6, offset))
        .set(6, TestMachine.STATE + 4096)
        .assertFaults(store + " " + offset);
  }

  @Test
  void load_misalignedPageThatWasJustUsed_faults() {
    TestMachine machine =
        TestMachine.of(
                Assembler.i(Operation.LD, 5, 6, 0),
                Assembler.s(Operation.SD, 5, 6, 8),
                Assembler.i(Operation.LD, 5, 6, 4))
            .set(6, TestMachine.STATE);
    machine.runs().runs().assertFaults("third");
  }

  @Test
  void loadThenStoreThenLoad_samePage_seesTheStore() {
    MemorySnapshot memory =
        MemorySnapshot.of(
            List.of(
                MemoryExtent.of(
                    TestMachine.ENTRY,
                    TestMachine.bytes(
                        Assembler.i(Operation.LBU, 5, 6, 0),
                        Assembler.s(Operation.SB, 7, 6, 1),
                        Assembler.i(Operation.LHU, 8, 6, 0))),
                MemoryExtent.of(TestMachine.STATE, new byte[] {0x12, 0x34})));
    TestMachine machine = new TestMachine(memory).set(6, TestMachine.STATE).set(7, 0x56);
    machine.runs().runs().runs();
    assertEquals(0x12, machine.get(5));
    assertEquals(0x5612, machine.get(8));
  }

  @Test
  void load_fromTheInstructionsOwnLeaf_isLegal() {
    int word = Assembler.i(Operation.LWU, 5, 6, 0);
    assertEquals(
        Integer.toUnsignedLong(word), TestMachine.of(word).set(6, TestMachine.ENTRY).runs().get(5));
  }
}
