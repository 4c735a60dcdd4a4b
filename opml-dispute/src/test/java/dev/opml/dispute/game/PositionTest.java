package dev.opml.dispute.game;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.Block;
import dev.opml.dispute.GameId;
import dev.opml.dispute.PositionHash;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PositionTest {
  private static final Bytes32 A = new Bytes32(1, 0, 0, 0);
  private static final Bytes32 B = new Bytes32(2, 0, 0, 0);
  private static final Bytes32 C = new Bytes32(3, 0, 0, 0);
  private static final long END = 1L << 40;

  private static PositionWord word(
      Phase phase, int moves, long node, long low, long high, long p, long c, long time, long no) {
    return new PositionWord(
        phase, moves, new NodeIndex(node), low, high, new Clocks(p, c, new Block(no, time)));
  }

  private static Position position(Bytes32 game, PositionWord word, Bytes32... hashes) {
    return new Position(
        new GameId(game),
        word,
        hashes[0],
        List.of(hashes).subList(3, hashes.length),
        hashes[1],
        Optional.of(hashes[2]).filter(_ -> word.phase().saysBothEnds()));
  }

  @Test
  void hash_anyFieldChanged_isAnother() {
    PositionWord word = word(Phase.NODES, 2, 0, 1, 3, 5, 6, 7, 8);
    List<Position> positions =
        List.of(
            position(A, word, A, B, C, A),
            position(B, word, A, B, C, A),
            position(A, word(Phase.MACHINE, 2, 0, 1, 3, 5, 6, 7, 8), A, B, C, A),
            position(A, word(Phase.MACHINE_OPENED, 2, 0, 1, 3, 5, 6, 7, 8), A, B, C, A),
            position(A, word(Phase.NODES, 3, 0, 1, 3, 5, 6, 7, 8), A, B, C, A),
            position(A, word(Phase.NODES, 2, 1, 1, 3, 5, 6, 7, 8), A, B, C, A),
            position(A, word(Phase.NODES, 2, 0, 2, 3, 5, 6, 7, 8), A, B, C, A),
            position(A, word(Phase.NODES, 2, 0, 1, 4, 5, 6, 7, 8), A, B, C, A),
            position(A, word(Phase.NODES, 2, 0, 1, 3, 6, 6, 7, 8), A, B, C, A),
            position(A, word(Phase.NODES, 2, 0, 1, 3, 5, 7, 7, 8), A, B, C, A),
            position(A, word(Phase.NODES, 2, 0, 1, 3, 5, 6, 8, 8), A, B, C, A),
            position(A, word(Phase.NODES, 2, 0, 1, 3, 5, 6, 7, 9), A, B, C, A),
            position(A, word, B, B, C, A),
            position(A, word, A, A, C, A),
            position(A, word, A, B, A, A),
            position(A, word, A, B, C, B),
            position(A, word, A, B, C),
            position(A, word, A, B, C, A, A));
    Set<PositionHash> hashes = new HashSet<>();
    positions.forEach(position -> hashes.add(position.hash()));
    assertEquals(positions.size(), hashes.size());
  }

  @Test
  void commitment_boundaries_areAgreedInteriorAndEnd() {
    Position at = position(A, word(Phase.NODES, 2, 0, 10, 20, 0, 0, 0, 0), A, B, C, C);
    assertEquals(A, at.commitment(0));
    assertEquals(C, at.commitment(1));
    assertEquals(B, at.commitment(2));
    assertEquals(15, at.boundary(1));
    assertEquals(2, at.segments());
    assertThrows(IndexOutOfBoundsException.class, () -> at.commitment(3));
    assertThrows(IndexOutOfBoundsException.class, () -> at.boundary(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> at.open(2));
  }

  /** Every segment of every subdivision opens to the position's hash, and to nothing else. */
  @Test
  void open_everySegmentOfEverySize_leadsToTheHash() {
    long seed = 7;
    Random random = new Random(seed);
    int longest = 0;
    for (int m = 1; m <= Arity.MOST; m++) {
      PositionWord word = word(m > 1 ? Phase.NODES : Phase.NODE, 4, 0, 100, 100 + m, 1, 2, 3, 4);
      List<Bytes32> interior = new ArrayList<>();
      for (int i = 1; i < m; i++) {
        interior.add(noise(random));
      }
      Position at = new Position(new GameId(A), word, B, interior, C, Optional.of(A));
      for (int segment = 0; segment < m; segment++) {
        OpenedSegment opened = at.open(segment);
        assertEquals(at.hash(), opened.summary(Arity.of(64)).hash(), m + " " + segment);
        assertEquals(at.boundary(segment), opened.lowStep(Arity.of(64)));
        assertEquals(at.boundary(segment + 1), opened.highStep(Arity.of(64)));
        assertEquals(
            opened.siblings().size(), CommitmentTree.siblings(m, segment), m + " " + segment);
        longest = Math.max(longest, opened.siblings().size());
      }
    }
    assertEquals(10, longest);
  }

  /**
   * A filled-up tree has the root of a fuller one: only the word tells how many leaves there are.
   */
  @Test
  void hash_sameRootOverAnotherNumberOfLeaves_isAnother() {
    Position three = position(A, word(Phase.NODES, 2, 0, 0, 3, 0, 0, 0, 0), A, C, A, A, B);
    Position four =
        position(A, word(Phase.NODES, 2, 0, 0, 4, 0, 0, 0, 0), A, Bytes32.ZERO, A, A, B, C);
    assertEquals(three.summary().root(), four.summary().root());
    assertNotEquals(three.hash(), four.hash());
  }

  private static Bytes32 noise(Random random) {
    return new Bytes32(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }

  /** The fields of the word, cut out of it by their widths. */
  @Test
  void pack_randomWords_holdEveryField() {
    long seed = 8;
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      boolean extreme = random.nextInt(4) == 0;
      long low = extreme ? END - 1 : random.nextLong(END - 1);
      long high = extreme ? END : low + 1 + random.nextLong(END - low);
      long[] fields = {
        random.nextInt(6),
        1 + random.nextInt(255),
        extreme ? END - 1 : random.nextLong(END),
        low,
        high,
        extreme ? (1L << 27) - 1 : random.nextLong(1L << 27),
        extreme ? (1L << 27) - 1 : random.nextLong(1L << 27),
        extreme ? (1L << 34) - 1 : random.nextLong(1L << 34),
        extreme ? (1L << 36) - 1 : random.nextLong(1L << 36)
      };
      PositionWord made =
          word(
              Phase.values()[(int) fields[0]],
              (int) fields[1],
              fields[2],
              fields[3],
              fields[4],
              fields[5],
              fields[6],
              fields[7],
              fields[8]);
      Bytes32 packed = made.pack();
      assertEquals(made, PositionWord.unpack(packed), "seed " + seed);
      BigInteger word = new BigInteger(1, packed.toByteArray());
      int[] widths = {4, 8, 40, 40, 40, 27, 27, 34, 36};
      int shift = 256;
      for (int f = 0; f < widths.length; f++) {
        shift -= widths[f];
        long field =
            word.shiftRight(shift)
                .and(BigInteger.ONE.shiftLeft(widths[f]).subtract(BigInteger.ONE))
                .longValue();
        assertEquals(fields[f], f == 4 ? field + 1 : field, "seed " + seed + ", field " + f);
      }
    }
  }

  @Test
  void unpack_anyBits_areAWordWithThisEncodingOrNone() {
    Random random = new Random(9);
    int words = 0;
    for (int i = 0; i < 10_000; i++) {
      // The lower half of the phases' codes, so that many are words.
      Bytes32 bits =
          new Bytes32(
              random.nextLong() >>> 1, random.nextLong(), random.nextLong(), random.nextLong());
      try {
        assertEquals(bits, PositionWord.unpack(bits).pack());
        words++;
      } catch (IllegalArgumentException _) {
        // A phase that does not exist, or an interval without a step.
      }
    }
    assertTrue(words > 1000, words + " words");
  }

  @Test
  void movesOf_alternateFromTheChallenger() {
    for (int moves = 1; moves < 10; moves++) {
      PositionWord word = word(Phase.NODES, moves, 0, 0, 2, 0, 0, 0, 0);
      assertEquals(moves, word.movesOf(Side.PROPOSER) + word.movesOf(Side.CHALLENGER));
      assertEquals(moves % 2 == 1 ? Side.CHALLENGER : Side.PROPOSER, word.mover());
      assertEquals(moves % 2, word.movesOf(Side.CHALLENGER) - word.movesOf(Side.PROPOSER));
    }
  }

  @Test
  void constructor_outOfRange_isRefused() {
    for (long[] bad :
        new long[][] {
          {0, 0, 0, 1},
          {256, 0, 0, 1},
          {1, END, 0, 1},
          {1, 0, -1, 1},
          {1, 0, 1, 1},
          {1, 0, 0, END + 1}
        }) {
      assertThrows(
          IllegalArgumentException.class,
          () -> word(Phase.NODES, (int) bad[0], bad[1], bad[2], bad[3], 0, 0, 0, 0));
    }
  }
}
