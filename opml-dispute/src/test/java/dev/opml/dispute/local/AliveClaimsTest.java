package dev.opml.dispute.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AliveClaimsTest {
  /** Claims that are sealed and decided in any order: as a sorted set says it. */
  @Test
  void anyBefore_afterAnySealsAndDecisions_isThatOfASet() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      AliveClaims alive = new AliveClaims();
      TreeSet<Long> expected = new TreeSet<>();
      long sealed = 0;
      for (int step = 0; step < 60; step++) {
        if (expected.isEmpty() || random.nextInt(5) < 2) {
          alive.append(++sealed);
          expected.add(sealed);
        } else {
          long decided =
              expected.stream().skip(random.nextInt(expected.size())).findFirst().orElseThrow();
          alive.remove(decided);
          expected.remove(decided);
        }
        String place = "seed " + seed + ", step " + step;
        assertEquals(expected.size(), alive.count(), place);
        for (long number = 1; number <= sealed + 1; number++) {
          assertEquals(!expected.headSet(number).isEmpty(), alive.anyBefore(number), place);
        }
      }
    }
  }
}
