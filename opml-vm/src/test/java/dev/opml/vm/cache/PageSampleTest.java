package dev.opml.vm.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.merkle.MerkleTree;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageSampleTest {
  private static final int PAGE = 4096;

  @ParameterizedTest
  @ValueSource(longs = {1, PAGE, 33 * PAGE - 1, 97L * PAGE, 5_000_000_001L, 1L << 37})
  void pages_anySize_holdBothEndsAndNoGapAboveASixtyFourth(long size) {
    long[] pages = PageSample.pages(size);
    long count = (size + PAGE - 1) / PAGE;
    assertArrayEquals(Arrays.stream(pages).distinct().sorted().toArray(), pages);
    assertEquals(0, pages[0]);
    assertEquals(count - 1, pages[pages.length - 1]);
    assertTrue(
        LongStream.range(0, Math.min(16, count)).allMatch(page -> pages[(int) page] == page));
    long lastSampled = Math.max(0, size - (64 << 10)) / PAGE;
    assertTrue(
        LongStream.range(lastSampled, count)
            .allMatch(page -> Arrays.binarySearch(pages, page) >= 0));
    for (int i = 1; i < pages.length; i++) {
      assertTrue(pages[i] - pages[i - 1] <= count / 64 + 1, "gap before " + pages[i]);
    }
    assertTrue(pages.length <= 16 + 17 + 64, "pages: " + pages.length);
  }

  @Test
  void pages_emptyFile_areNone() {
    assertEquals(0, PageSample.pages(0).length);
  }

  @Test
  void matches_changedPage_isNoticedWhereItIsSampled() {
    byte[] data = new byte[300 * PAGE + 77];
    new Random(3).nextBytes(data);
    MemorySegment segment = MemorySegment.ofArray(data);
    MerkleTree tree = MerkleTree.ofBytes(20, segment);
    assertTrue(PageSample.matches(tree, segment));
    long[] sampled = PageSample.pages(data.length);
    for (int page = 0; page <= 300; page += page < 280 ? 7 : 1) {
      int at = Math.min(data.length - 1, page * PAGE + 1000);
      data[at]++;
      boolean isSampled = Arrays.binarySearch(sampled, page) >= 0;
      assertEquals(!isSampled, PageSample.matches(tree, segment), "page " + page);
      data[at]--;
    }
    assertFalse(PageSample.matches(MerkleTree.zero(20), segment));
  }
}
