package dev.opml.vm.graph;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.gguf.GgmlType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One row of the node table: an operator over a range of output rows or heads. Fields, units and
 * encoding are those of docs/image.md, "Node row"; fields that an operator does not use are zero.
 */
public record GraphRow(
    Operator operator,
    boolean sampled,
    int n,
    int first,
    int count,
    Weight a,
    Weight b,
    Weight c,
    long in,
    long out,
    long aux,
    long table,
    int headDim,
    int ropeDim,
    int kvFirst,
    int kvCount,
    int kvStride,
    int valueOffset,
    int group,
    float constant,
    RopePairing pairing) {

  /** Bytes of an encoded row: one leaf. */
  public static final int SIZE = MemoryRegion.LEAF_SIZE;

  private static final int SAMPLED_FLAG = 1;

  /** Appends the encoded row at the buffer's position. */
  public void encode(ByteBuffer target) {
    ByteBuffer row = target.slice(target.position(), SIZE).order(ByteOrder.LITTLE_ENDIAN);
    row.putInt(operator.code()).putInt(sampled ? SAMPLED_FLAG : 0);
    row.putInt(n).putInt(first).putInt(count);
    row.putInt(a.type().id()).putInt(b.type().id()).putInt(c.type().id());
    row.putLong(a.address()).putLong(b.address()).putLong(c.address());
    row.putLong(in).putLong(out).putLong(aux).putLong(table);
    row.putInt(headDim).putInt(ropeDim).putInt(kvFirst).putInt(kvCount);
    row.putInt(kvStride).putInt(valueOffset).putInt(group);
    row.putFloat(constant).putInt(pairing.code()).putInt(0);
    target.position(target.position() + SIZE);
  }

  /**
   * Decodes the row at the buffer's position and advances it.
   *
   * @throws IllegalArgumentException if an operator, type or pairing is unknown
   */
  public static GraphRow decode(ByteBuffer source) {
    ByteBuffer row = source.slice(source.position(), SIZE).order(ByteOrder.LITTLE_ENDIAN);
    source.position(source.position() + SIZE);
    return new GraphRow(
        Operator.ofCode(row.getInt(0)),
        (row.getInt(4) & SAMPLED_FLAG) != 0,
        row.getInt(8),
        row.getInt(12),
        row.getInt(16),
        weight(row, 0),
        weight(row, 1),
        weight(row, 2),
        row.getLong(56),
        row.getLong(64),
        row.getLong(72),
        row.getLong(80),
        row.getInt(88),
        row.getInt(92),
        row.getInt(96),
        row.getInt(100),
        row.getInt(104),
        row.getInt(108),
        row.getInt(112),
        row.getFloat(116),
        row.getInt(120) == RopePairing.HALVES.code()
            ? RopePairing.HALVES
            : RopePairing.INTERLEAVED);
  }

  private static Weight weight(ByteBuffer row, int index) {
    int id = row.getInt(20 + 4 * index);
    GgmlType type =
        GgmlType.ofId(id)
            .orElseThrow(() -> new IllegalArgumentException("no element type has id " + id));
    return new Weight(type, row.getLong(32 + 8 * index));
  }

  /** Starts a row of an operator; everything else is zero until set. */
  static Builder of(Operator operator) {
    return new Builder(operator);
  }

  /** Collects the fields that an operator uses. */
  static final class Builder {
    private final Operator operator;
    private boolean sampled;
    private int n;
    private int first;
    private int count;
    private Weight a = Weight.NONE;
    private Weight b = Weight.NONE;
    private Weight c = Weight.NONE;
    private long in;
    private long out;
    private long aux;
    private long table;
    private int headDim;
    private int ropeDim;
    private int kvFirst;
    private int kvCount;
    private int kvStride;
    private int valueOffset;
    private int group;
    private float constant;

    private Builder(Operator operator) {
      this.operator = operator;
    }

    Builder sampled(boolean value) {
      sampled = value;
      return this;
    }

    Builder vector(int length, long inAddress, long outAddress) {
      n = length;
      in = inAddress;
      out = outAddress;
      return this;
    }

    Builder range(int from, int rows) {
      first = from;
      count = rows;
      return this;
    }

    Builder kvRange(int from, int heads) {
      kvFirst = from;
      kvCount = heads;
      return this;
    }

    Builder weights(Weight first, Weight second, Weight third) {
      a = first;
      b = second;
      c = third;
      return this;
    }

    Builder aux(long address) {
      aux = address;
      return this;
    }

    Builder rope(long tableAddress, int rotated) {
      table = tableAddress;
      ropeDim = rotated;
      return this;
    }

    Builder heads(int dimension, int queriesPerKeyHead, int stride, int valuesAt) {
      headDim = dimension;
      group = queriesPerKeyHead;
      kvStride = stride;
      valueOffset = valuesAt;
      return this;
    }

    Builder constant(float value) {
      constant = value;
      return this;
    }

    GraphRow build() {
      return new GraphRow(
          operator,
          sampled,
          n,
          first,
          count,
          a,
          b,
          c,
          in,
          out,
          aux,
          table,
          headDim,
          ropeDim,
          kvFirst,
          kvCount,
          kvStride,
          valueOffset,
          group,
          constant,
          RopePairing.INTERLEAVED);
    }
  }
}
