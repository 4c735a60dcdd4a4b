package dev.opml.dispute.game;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.Bytes32;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.GameId;
import dev.opml.dispute.PositionHash;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PositionTest {
  private static final Bytes32 A = new Bytes32(1, 0, 0, 0);
  private static final Bytes32 B = new Bytes32(2, 0, 0, 0);
  private static final Bytes32 C = new Bytes32(3, 0, 0, 0);

  private static Position position(
      Bytes32 game, Phase phase, Side mover, long node, long low, long high, Bytes32... hashes) {
    return new Position(
        new GameId(game),
        phase,
        mover,
        new NodeIndex(node),
        low,
        high,
        hashes[0],
        List.of(hashes).subList(3, hashes.length),
        hashes[1],
        hashes[2]);
  }

  @Test
  void hash_anyFieldChanged_isAnother() {
    Set<PositionHash> hashes = new HashSet<>();
    List<Position> positions =
        List.of(
            position(A, Phase.NODES, Side.PROPOSER, 0, 1, 3, A, B, C, A),
            position(B, Phase.NODES, Side.PROPOSER, 0, 1, 3, A, B, C, A),
            position(A, Phase.NODE, Side.PROPOSER, 0, 1, 3, A, B, C, A),
            position(A, Phase.NODES, Side.CHALLENGER, 0, 1, 3, A, B, C, A),
            position(A, Phase.NODES, Side.PROPOSER, 1, 1, 3, A, B, C, A),
            position(A, Phase.NODES, Side.PROPOSER, 0, 2, 3, A, B, C, A),
            position(A, Phase.NODES, Side.PROPOSER, 0, 1, 4, A, B, C, A),
            position(A, Phase.NODES, Side.PROPOSER, 0, 1, 3, B, B, C, A),
            position(A, Phase.NODES, Side.PROPOSER, 0, 1, 3, A, A, C, A),
            position(A, Phase.NODES, Side.PROPOSER, 0, 1, 3, A, B, A, A),
            position(A, Phase.NODES, Side.PROPOSER, 0, 1, 3, A, B, C, B),
            position(A, Phase.NODES, Side.PROPOSER, 0, 1, 3, A, B, C),
            position(A, Phase.NODES, Side.PROPOSER, 0, 1, 3, A, B, C, A, A));
    positions.forEach(position -> hashes.add(position.hash()));
    assertEquals(positions.size(), hashes.size());
  }

  @Test
  void commitment_boundaries_areAgreedInteriorAndEnd() {
    Position at = position(A, Phase.NODES, Side.PROPOSER, 0, 10, 20, A, B, C, C);
    assertEquals(A, at.commitment(0));
    assertEquals(C, at.commitment(1));
    assertEquals(B, at.commitment(2));
    assertEquals(15, at.boundary(1));
    assertEquals(2, at.segments());
    assertThrows(IndexOutOfBoundsException.class, () -> at.commitment(3));
    assertThrows(IndexOutOfBoundsException.class, () -> at.boundary(-1));
  }
}
