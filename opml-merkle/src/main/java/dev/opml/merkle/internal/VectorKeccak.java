package dev.opml.merkle.internal;

import static jdk.incubator.vector.VectorOperators.AND_NOT;
import static jdk.incubator.vector.VectorOperators.ROL;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.util.Arrays;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A message in each 64-bit lane of a vector. Only 64-bit integer operations, so the width changes
 * the speed and nothing else. Initialising this class needs the module {@code
 * jdk.incubator.vector}.
 */
final class VectorKeccak implements KeccakLanes {
  // A constant of the class, not a field: the compiler only turns vector calls into instructions
  // when the species is one.
  private static final VectorSpecies<Long> SPECIES = species();
  private static final int LANES = SPECIES.length();

  private static final long[] ROUND_CONSTANTS = KeccakConstants.roundConstants();
  private static final long[] NODE_TAIL = nodeTail();

  private static VectorSpecies<Long> species() {
    return switch (Integer.getInteger(KeccakProvider.LANES_PROPERTY, 0)) {
      case 2 -> LongVector.SPECIES_128;
      case 4 -> LongVector.SPECIES_256;
      case 8 -> LongVector.SPECIES_512;
      default -> LongVector.SPECIES_PREFERRED;
    };
  }

  /**
   * Whether the machine has instructions for these vectors. An x86 that prefers two lanes is one
   * without AVX2, where rotations are calls that take ten times as long as the scalar kernel.
   */
  static boolean isFast() {
    return LongVector.SPECIES_PREFERRED.length() > 2
        || !System.getProperty("os.arch").equals("amd64");
  }

  private static long[] nodeTail() {
    long[] tail = new long[(LEAF_WORDS - NODE_WORDS) * LANES];
    Arrays.fill(tail, 0, LANES, KeccakConstants.NODE_PADDING);
    return tail;
  }

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public void hashLeaves(long[] in, int inOffset, long[] out, int outOffset) {
    hash(
        in,
        inOffset,
        in,
        inOffset + NODE_WORDS * LANES,
        KeccakConstants.LEAF_LAST_WORD,
        out,
        outOffset);
  }

  @Override
  public void hashNodes(long[] in, int inOffset, long[] out, int outOffset) {
    hash(in, inOffset, NODE_TAIL, 0, KeccakConstants.NODE_LAST_WORD, out, outOffset);
  }

  /**
   * As the scalar method of the same name; the state is 25 vectors.
   *
   * <p>Adding zero keeps C2 from merging both exclusive ors of the step theta into one instruction
   * of three operands: that destroys an operand, and keeps ten vectors alive where five do, so that
   * the state is copied and spilled. It saves a sixth of the time.
   */
  private static void hash(
      long[] in,
      int inOffset,
      long[] tail,
      int tailOffset,
      long lastWord,
      long[] out,
      int outOffset) {
    LongVector a0 = LongVector.fromArray(SPECIES, in, inOffset);
    LongVector a1 = LongVector.fromArray(SPECIES, in, inOffset + LANES);
    LongVector a2 = LongVector.fromArray(SPECIES, in, inOffset + 2 * LANES);
    LongVector a3 = LongVector.fromArray(SPECIES, in, inOffset + 3 * LANES);
    LongVector a4 = LongVector.fromArray(SPECIES, in, inOffset + 4 * LANES);
    LongVector a5 = LongVector.fromArray(SPECIES, in, inOffset + 5 * LANES);
    LongVector a6 = LongVector.fromArray(SPECIES, in, inOffset + 6 * LANES);
    LongVector a7 = LongVector.fromArray(SPECIES, in, inOffset + 7 * LANES);
    LongVector a8 = LongVector.fromArray(SPECIES, tail, tailOffset);
    LongVector a9 = LongVector.fromArray(SPECIES, tail, tailOffset + LANES);
    LongVector a10 = LongVector.fromArray(SPECIES, tail, tailOffset + 2 * LANES);
    LongVector a11 = LongVector.fromArray(SPECIES, tail, tailOffset + 3 * LANES);
    LongVector a12 = LongVector.fromArray(SPECIES, tail, tailOffset + 4 * LANES);
    LongVector a13 = LongVector.fromArray(SPECIES, tail, tailOffset + 5 * LANES);
    LongVector a14 = LongVector.fromArray(SPECIES, tail, tailOffset + 6 * LANES);
    LongVector a15 = LongVector.fromArray(SPECIES, tail, tailOffset + 7 * LANES);
    LongVector a16 = LongVector.broadcast(SPECIES, lastWord);
    LongVector a17 = LongVector.zero(SPECIES);
    LongVector a18 = LongVector.zero(SPECIES);
    LongVector a19 = LongVector.zero(SPECIES);
    LongVector a20 = LongVector.zero(SPECIES);
    LongVector a21 = LongVector.zero(SPECIES);
    LongVector a22 = LongVector.zero(SPECIES);
    LongVector a23 = LongVector.zero(SPECIES);
    LongVector a24 = LongVector.zero(SPECIES);
    LongVector zero = LongVector.zero(SPECIES);
    for (int round = 0; round < KeccakConstants.ROUNDS; round++) {
      LongVector c0 = a0.lanewise(XOR, a5).lanewise(XOR, a10).lanewise(XOR, a15).lanewise(XOR, a20);
      LongVector c1 = a1.lanewise(XOR, a6).lanewise(XOR, a11).lanewise(XOR, a16).lanewise(XOR, a21);
      LongVector c2 = a2.lanewise(XOR, a7).lanewise(XOR, a12).lanewise(XOR, a17).lanewise(XOR, a22);
      LongVector c3 = a3.lanewise(XOR, a8).lanewise(XOR, a13).lanewise(XOR, a18).lanewise(XOR, a23);
      LongVector c4 = a4.lanewise(XOR, a9).lanewise(XOR, a14).lanewise(XOR, a19).lanewise(XOR, a24);
      LongVector d0 = c4.lanewise(XOR, c1.lanewise(ROL, 1)).add(zero);
      LongVector d1 = c0.lanewise(XOR, c2.lanewise(ROL, 1)).add(zero);
      LongVector d2 = c1.lanewise(XOR, c3.lanewise(ROL, 1)).add(zero);
      LongVector d3 = c2.lanewise(XOR, c4.lanewise(ROL, 1)).add(zero);
      LongVector d4 = c3.lanewise(XOR, c0.lanewise(ROL, 1)).add(zero);
      LongVector b0 = a0.lanewise(XOR, d0);
      LongVector b1 = a6.lanewise(XOR, d1).lanewise(ROL, 44);
      LongVector b2 = a12.lanewise(XOR, d2).lanewise(ROL, 43);
      LongVector b3 = a18.lanewise(XOR, d3).lanewise(ROL, 21);
      LongVector b4 = a24.lanewise(XOR, d4).lanewise(ROL, 14);
      LongVector b5 = a3.lanewise(XOR, d3).lanewise(ROL, 28);
      LongVector b6 = a9.lanewise(XOR, d4).lanewise(ROL, 20);
      LongVector b7 = a10.lanewise(XOR, d0).lanewise(ROL, 3);
      LongVector b8 = a16.lanewise(XOR, d1).lanewise(ROL, 45);
      LongVector b9 = a22.lanewise(XOR, d2).lanewise(ROL, 61);
      LongVector b10 = a1.lanewise(XOR, d1).lanewise(ROL, 1);
      LongVector b11 = a7.lanewise(XOR, d2).lanewise(ROL, 6);
      LongVector b12 = a13.lanewise(XOR, d3).lanewise(ROL, 25);
      LongVector b13 = a19.lanewise(XOR, d4).lanewise(ROL, 8);
      LongVector b14 = a20.lanewise(XOR, d0).lanewise(ROL, 18);
      LongVector b15 = a4.lanewise(XOR, d4).lanewise(ROL, 27);
      LongVector b16 = a5.lanewise(XOR, d0).lanewise(ROL, 36);
      LongVector b17 = a11.lanewise(XOR, d1).lanewise(ROL, 10);
      LongVector b18 = a17.lanewise(XOR, d2).lanewise(ROL, 15);
      LongVector b19 = a23.lanewise(XOR, d3).lanewise(ROL, 56);
      LongVector b20 = a2.lanewise(XOR, d2).lanewise(ROL, 62);
      LongVector b21 = a8.lanewise(XOR, d3).lanewise(ROL, 55);
      LongVector b22 = a14.lanewise(XOR, d4).lanewise(ROL, 39);
      LongVector b23 = a15.lanewise(XOR, d0).lanewise(ROL, 41);
      LongVector b24 = a21.lanewise(XOR, d1).lanewise(ROL, 2);
      a0 = b0.lanewise(XOR, b2.lanewise(AND_NOT, b1)).lanewise(XOR, ROUND_CONSTANTS[round]);
      a1 = b1.lanewise(XOR, b3.lanewise(AND_NOT, b2));
      a2 = b2.lanewise(XOR, b4.lanewise(AND_NOT, b3));
      a3 = b3.lanewise(XOR, b0.lanewise(AND_NOT, b4));
      a4 = b4.lanewise(XOR, b1.lanewise(AND_NOT, b0));
      a5 = b5.lanewise(XOR, b7.lanewise(AND_NOT, b6));
      a6 = b6.lanewise(XOR, b8.lanewise(AND_NOT, b7));
      a7 = b7.lanewise(XOR, b9.lanewise(AND_NOT, b8));
      a8 = b8.lanewise(XOR, b5.lanewise(AND_NOT, b9));
      a9 = b9.lanewise(XOR, b6.lanewise(AND_NOT, b5));
      a10 = b10.lanewise(XOR, b12.lanewise(AND_NOT, b11));
      a11 = b11.lanewise(XOR, b13.lanewise(AND_NOT, b12));
      a12 = b12.lanewise(XOR, b14.lanewise(AND_NOT, b13));
      a13 = b13.lanewise(XOR, b10.lanewise(AND_NOT, b14));
      a14 = b14.lanewise(XOR, b11.lanewise(AND_NOT, b10));
      a15 = b15.lanewise(XOR, b17.lanewise(AND_NOT, b16));
      a16 = b16.lanewise(XOR, b18.lanewise(AND_NOT, b17));
      a17 = b17.lanewise(XOR, b19.lanewise(AND_NOT, b18));
      a18 = b18.lanewise(XOR, b15.lanewise(AND_NOT, b19));
      a19 = b19.lanewise(XOR, b16.lanewise(AND_NOT, b15));
      a20 = b20.lanewise(XOR, b22.lanewise(AND_NOT, b21));
      a21 = b21.lanewise(XOR, b23.lanewise(AND_NOT, b22));
      a22 = b22.lanewise(XOR, b24.lanewise(AND_NOT, b23));
      a23 = b23.lanewise(XOR, b20.lanewise(AND_NOT, b24));
      a24 = b24.lanewise(XOR, b21.lanewise(AND_NOT, b20));
    }
    a0.intoArray(out, outOffset);
    a1.intoArray(out, outOffset + LANES);
    a2.intoArray(out, outOffset + 2 * LANES);
    a3.intoArray(out, outOffset + 3 * LANES);
  }
}
