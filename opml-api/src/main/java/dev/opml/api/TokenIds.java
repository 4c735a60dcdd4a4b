package dev.opml.api;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * An immutable sequence of token ids, compared by content. Ids are indexes into a vocabulary, from
 * 0.
 */
public final class TokenIds implements Prompt {
  /** The empty sequence. */
  public static final TokenIds EMPTY = new TokenIds(new int[0]);

  private final int[] ids;

  private TokenIds(int[] ids) {
    this.ids = ids;
  }

  /**
   * Copies {@code ids}.
   *
   * @throws IllegalArgumentException if an id is negative
   */
  public static TokenIds of(int... ids) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0) {
        throw new IllegalArgumentException("token " + i + " is negative: " + ids[i]);
      }
    }
    return new TokenIds(ids.clone());
  }

  /**
   * The sequence that {@link #encode} has packed: 32 bits an id, little-endian.
   *
   * @throws IllegalArgumentException if the bytes are no multiple of four, or an id is negative
   */
  public static TokenIds decode(byte[] packed) {
    if (packed.length % Integer.BYTES != 0) {
      throw new IllegalArgumentException(packed.length + " bytes are no whole number of ids");
    }
    int[] ids = new int[packed.length / Integer.BYTES];
    ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(ids);
    return of(ids);
  }

  /** Number of tokens. */
  public int size() {
    return ids.length;
  }

  @Override
  public int positions() {
    return ids.length;
  }

  /** {@inheritDoc} Packed: 32 bits an id, little-endian. */
  @Override
  public byte[] encode() {
    ByteBuffer bytes =
        ByteBuffer.allocate(Integer.BYTES * ids.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(ids);
    return bytes.array();
  }

  /**
   * The id at {@code index}, from 0.
   *
   * @throws IndexOutOfBoundsException if there is no such index
   */
  public int get(int index) {
    return ids[index];
  }

  /** The tokens {@code [from, to)}. */
  public TokenIds slice(int from, int to) {
    return new TokenIds(Arrays.copyOfRange(ids, from, checkedTo(from, to)));
  }

  private int checkedTo(int from, int to) {
    if (from < 0 || to < from || to > ids.length) {
      throw new IndexOutOfBoundsException(
          "[" + from + ", " + to + ") of " + ids.length + " tokens");
    }
    return to;
  }

  /** This sequence followed by {@code other}. */
  public TokenIds concat(TokenIds other) {
    int[] joined = Arrays.copyOf(ids, ids.length + other.ids.length);
    System.arraycopy(other.ids, 0, joined, ids.length, other.ids.length);
    return new TokenIds(joined);
  }

  /** This sequence with the token at {@code index} replaced. */
  public TokenIds with(int index, int id) {
    int[] changed = ids.clone();
    changed[index] = id;
    return of(changed);
  }

  /** Returns a new array of the ids. */
  public int[] toArray() {
    return ids.clone();
  }

  /** Streams the ids in order. */
  public IntStream stream() {
    return Arrays.stream(ids);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenIds that && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return Arrays.toString(ids);
  }
}
