package dev.opml.vm.graph;

import dev.opml.vm.gguf.GgmlType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The bytes of one row of the node table, by the fields of docs/image.md, "Node row". */
public final class RowBytes {
  /** Bytes of a row. */
  static final int SIZE = 256;

  private static final int SAMPLED = 1;

  /** A field of 32 bits. */
  enum Word {
    OP(0),
    FLAGS(4),
    N(8),
    FIRST(12),
    COUNT(16),
    HEAD_DIM(20),
    ROPE_DIM(24),
    PAIRING(28),
    GROUP(32),
    STRIDE(36),
    WINDOW(40),
    ACTIVATION(44),
    MATRIX_TYPE(48),
    FACTOR_TYPE(52),
    EPSILON(56),
    SCALE(60),
    CAP(64);

    private final int offset;

    Word(int offset) {
      this.offset = offset;
    }
  }

  /** A field of 64 bits. */
  enum Address {
    MATRIX(72),
    FACTOR(80),
    BIAS(88),
    FACTOR_BIAS(96),
    NORM(104),
    TABLE(112),
    IN(120),
    OUT(128),
    RESIDUAL(136),
    KEYS(144),
    VALUES(152);

    private final int offset;

    Address(int offset) {
      this.offset = offset;
    }
  }

  private final ByteBuffer bytes;

  private RowBytes(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /** The row at a buffer's position, which then is behind it. */
  static RowBytes next(ByteBuffer table) {
    ByteBuffer bytes = table.slice(table.position(), SIZE).order(ByteOrder.LITTLE_ENDIAN);
    table.position(table.position() + SIZE);
    return new RowBytes(bytes);
  }

  int get(Word field) {
    return bytes.getInt(field.offset);
  }

  float getFloat(Word field) {
    return bytes.getFloat(field.offset);
  }

  long get(Address field) {
    return bytes.getLong(field.offset);
  }

  /**
   * A matrix.
   *
   * @throws IllegalArgumentException if its type is unknown
   */
  Weight get(Word type, Address address) {
    int id = get(type);
    GgmlType known =
        GgmlType.ofId(id)
            .orElseThrow(() -> new IllegalArgumentException("no element type has id " + id));
    return new Weight(known, get(address));
  }

  Rotary rotary() {
    return new Rotary(
        get(Address.TABLE), get(Word.ROPE_DIM), RopePairing.ofCode(get(Word.PAIRING)));
  }

  boolean sampled() {
    return (get(Word.FLAGS) & SAMPLED) != 0;
  }

  RowBytes set(Word field, int value) {
    bytes.putInt(field.offset, value);
    return this;
  }

  RowBytes set(Word field, float value) {
    bytes.putFloat(field.offset, value);
    return this;
  }

  RowBytes set(Address field, long value) {
    bytes.putLong(field.offset, value);
    return this;
  }

  RowBytes set(Word type, Address address, Weight matrix) {
    return set(type, matrix.type().id()).set(address, matrix.address());
  }

  RowBytes rotary(Rotary rotary) {
    return set(Address.TABLE, rotary.table())
        .set(Word.ROPE_DIM, rotary.dimension())
        .set(Word.PAIRING, rotary.pairing().code());
  }

  RowBytes sampled(boolean value) {
    return set(Word.FLAGS, value ? SAMPLED : 0);
  }
}
