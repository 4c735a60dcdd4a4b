package dev.opml.dispute.game;

import dev.opml.api.Bytes32;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.Block;
import java.math.BigInteger;

/**
 * All of a position but its commitments: the phase of the game, the disputed interval and the
 * clocks. It packs into 256 bits. As the number of moves grows, no position of a game recurs.
 * Immutable.
 *
 * @param phase where the game stands
 * @param moves moves made, the challenge included: 1 to {@value #MOST_MOVES}. The challenger makes
 *     the odd ones
 * @param node the disputed node from {@link Phase#NODE} on, else 0; below 2^40
 * @param low first step of the interval, in nodes or instructions; below 2^40
 * @param high end of the interval, exclusive; above {@code low}, at most 2^40
 * @param clocks the players' time
 */
public record PositionWord(
    Phase phase, int moves, NodeIndex node, long low, long high, Clocks clocks) {
  /** Most moves that a word can count. The longest game, of arity 2 on 2^40 nodes, has 75. */
  static final int MOST_MOVES = 255;

  private static final int PHASE_BITS = 4;
  private static final int MOVES_BITS = 8;
  private static final int INDEX_BITS = 40;
  private static final long MOST_STEPS = GraphHeader.MAX_TRACE_LENGTH;

  /** Checks that each number fits its bits, so that two words with one encoding are equal. */
  public PositionWord {
    if (moves < 1 || moves > MOST_MOVES) {
      throw new IllegalArgumentException(moves + " moves");
    }
    if (node.value() >= MOST_STEPS || low < 0 || high <= low || high > MOST_STEPS) {
      throw new IllegalArgumentException(
          "node " + node.value() + ", interval [" + low + ", " + high + ")");
    }
  }

  /** Who made the last move. */
  public Side mover() {
    return moves % 2 == 1 ? Side.CHALLENGER : Side.PROPOSER;
  }

  /** Who is to move. */
  public Side toMove() {
    return mover().other();
  }

  /** Moves that a player has made. */
  public int movesOf(Side side) {
    return side == Side.CHALLENGER ? (moves + 1) / 2 : moves / 2;
  }

  /** Number of disputed steps. */
  public long size() {
    return high - low;
  }

  /** Number of segments of the mover's subdivision. */
  public int segments(Arity arity) {
    return Segments.count(phase.insideNode() ? arity.instructions() : arity.nodes(), size());
  }

  /**
   * Seconds that the clock of the player to move has run.
   *
   * @param blockSeconds longest time that one block stands for
   */
  public long elapsed(Block now, long blockSeconds) {
    return now.secondsSince(clocks.turnStarted(), blockSeconds);
  }

  /** Whether the clock of the player to move has run out. */
  public boolean expired(Block now, long blockSeconds) {
    return elapsed(now, blockSeconds) > clocks.secondsOf(toMove());
  }

  /** Last second in which the player to move can move for sure; later if the chain stands still. */
  public long deadline() {
    return clocks.turnStarted().time() + clocks.secondsOf(toMove());
  }

  /**
   * From the highest bit down: phase (4 bits), moves (8), node (40), low (40), high − 1 (40), the
   * proposer's clock (27), the challenger's (27), time (34) and number (36) of the block in which
   * the turn began.
   */
  public Bytes32 pack() {
    Packing packing = new Packing();
    packing.add(phase.code(), PHASE_BITS);
    packing.add(moves, MOVES_BITS);
    packing.add(node.value(), INDEX_BITS);
    packing.add(low, INDEX_BITS);
    packing.add(high - 1, INDEX_BITS);
    packing.add(clocks.proposerSeconds(), Clocks.SECONDS_BITS);
    packing.add(clocks.challengerSeconds(), Clocks.SECONDS_BITS);
    packing.add(clocks.turnStarted().time(), Clocks.TIME_BITS);
    packing.add(clocks.turnStarted().number(), Clocks.BLOCK_BITS);
    return packing.word();
  }

  /**
   * The word that {@link #pack} has packed.
   *
   * @throws IllegalArgumentException if no word has this encoding
   */
  public static PositionWord unpack(Bytes32 packed) {
    Unpacking fields = new Unpacking(new BigInteger(1, packed.toByteArray()));
    long number = fields.next(Clocks.BLOCK_BITS);
    long time = fields.next(Clocks.TIME_BITS);
    long challengerSeconds = fields.next(Clocks.SECONDS_BITS);
    long proposerSeconds = fields.next(Clocks.SECONDS_BITS);
    long high = fields.next(INDEX_BITS) + 1;
    long low = fields.next(INDEX_BITS);
    NodeIndex node = new NodeIndex(fields.next(INDEX_BITS));
    int moves = (int) fields.next(MOVES_BITS);
    Phase phase = Phase.of((int) fields.next(PHASE_BITS));
    Clocks clocks = new Clocks(proposerSeconds, challengerSeconds, new Block(number, time));
    return new PositionWord(phase, moves, node, low, high, clocks);
  }

  /** Takes fields from the lowest bit up. */
  private static final class Unpacking {
    private BigInteger bits;

    Unpacking(BigInteger bits) {
      this.bits = bits;
    }

    long next(int width) {
      long field = bits.longValue() & ((1L << width) - 1);
      bits = bits.shiftRight(width);
      return field;
    }
  }

  private static final class Packing {
    private BigInteger bits = BigInteger.ZERO;

    void add(long value, int width) {
      bits = bits.shiftLeft(width).or(BigInteger.valueOf(value));
    }

    Bytes32 word() {
      return new Bytes32(part(3), part(2), part(1), part(0));
    }

    private long part(int index) {
      return bits.shiftRight(Long.SIZE * index).longValue();
    }
  }
}
