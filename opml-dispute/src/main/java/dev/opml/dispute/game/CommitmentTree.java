package dev.opml.dispute.game;

import dev.opml.api.Bytes32;
import dev.opml.dispute.internal.Preimage;
import java.util.ArrayList;
import java.util.List;

/**
 * The Merkle tree over the commitments of a subdivision, of which a move opens one segment: the
 * commitment at its end, and the one before that unless it is the first. Leaves are the commitments
 * themselves, an inner node is the hash of its two children, and an odd level is filled up with
 * zero. That is unambiguous only because the number of leaves is known from elsewhere.
 */
final class CommitmentTree {
  private CommitmentTree() {}

  /** Root over 1 to 64 leaves. */
  static Bytes32 root(List<Bytes32> leaves) {
    List<Bytes32> level = leaves;
    while (level.size() > 1) {
      level = above(level);
    }
    return level.getFirst();
  }

  private static List<Bytes32> above(List<Bytes32> level) {
    List<Bytes32> above = new ArrayList<>();
    for (int i = 0; i < level.size(); i += 2) {
      above.add(pair(level.get(i), i + 1 < level.size() ? level.get(i + 1) : Bytes32.ZERO));
    }
    return above;
  }

  private static Bytes32 pair(Bytes32 left, Bytes32 right) {
    return new Preimage().bytes32(left).bytes32(right).keccak();
  }

  /** The siblings that open leaf {@code index} and the one before it, from the leaves up. */
  static List<Bytes32> siblings(List<Bytes32> leaves, int index) {
    List<Bytes32> siblings = new ArrayList<>();
    List<Bytes32> level = leaves;
    boolean joined = index == 0;
    for (int i = index; level.size() > 1; i /= 2, level = above(level)) {
      boolean isRight = i % 2 == 1;
      if (!joined && !isRight) {
        siblings.add(level.get(i - 2));
      }
      if (joined && isRight) {
        siblings.add(level.get(i - 1));
      }
      if (!isRight && i + 1 < level.size()) {
        siblings.add(level.get(i + 1));
      }
      joined |= isRight;
    }
    return siblings;
  }

  /** Number of siblings that open leaf {@code index} of {@code count} and the one before it. */
  static int siblings(int count, int index) {
    int siblings = 0;
    boolean joined = index == 0;
    for (int i = index, left = count; left > 1; i /= 2, left = (left + 1) / 2) {
      boolean isRight = i % 2 == 1;
      siblings += joined == isRight ? 1 : 0;
      siblings += !isRight && i + 1 < left ? 1 : 0;
      joined |= isRight;
    }
    return siblings;
  }

  /**
   * The root that opened leaves lead to.
   *
   * @param count number of leaves
   * @param index of {@code leaf}, below {@code count}
   * @param leaf the leaf
   * @param before the leaf before it; not looked at if {@code index} is 0
   * @param siblings as many as {@link #siblings(int, int)} says
   */
  static Bytes32 fold(int count, int index, Bytes32 leaf, Bytes32 before, List<Bytes32> siblings) {
    Bytes32 right = leaf;
    Bytes32 left = before;
    boolean joined = index == 0;
    int next = 0;
    for (int i = index, level = count; level > 1; i /= 2, level = (level + 1) / 2) {
      boolean isRight = i % 2 == 1;
      if (isRight) {
        right = pair(joined ? siblings.get(next++) : left, right);
        joined = true;
        continue;
      }
      if (!joined) {
        left = pair(siblings.get(next++), left);
      }
      right = pair(right, i + 1 < level ? siblings.get(next++) : Bytes32.ZERO);
    }
    return right;
  }
}
