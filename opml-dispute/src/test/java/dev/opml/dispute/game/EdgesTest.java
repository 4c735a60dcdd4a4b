package dev.opml.dispute.game;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineStatus;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyMachine;
import dev.opml.dispute.toy.ToyModel;
import dev.opml.dispute.toy.ToyTrace;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import java.util.function.BiPredicate;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The places of a trace where an off-by-one would hide: the truth wins there in both roles. */
class EdgesTest {
  private static final int NODES = 40;
  private static final long SEED = 11;
  private static final long LAST_INSTRUCTION = InstructionIndex.END.value() - 1;

  private static void truthWins(int arity, int nodes, Fabrication lie) {
    for (boolean proposerLies : new boolean[] {true, false}) {
      Arena arena =
          new Arena(
              arity,
              new ToyModel(GraphMode.ROW_PER_NODE, nodes, SEED),
              InferenceRequest.greedy(TokenIds.of(5), 1));
      FabricatedTrace liar = new FabricatedTrace(arena.truth, lie);
      ClaimId claim = arena.claim(Arena.PROPOSER, proposerLies ? liar : arena.truth);
      GameId game = arena.challenge(Arena.CHALLENGER, claim, proposerLies ? arena.truth : liar);
      int moves =
          arena.playOrTimeOut(
              game, proposerLies ? liar : arena.truth, proposerLies ? arena.truth : liar);
      assertEquals(
          proposerLies ? GameStatus.CHALLENGER_WON : GameStatus.PROPOSER_WON,
          arena.game(game).status(),
          lie.toString());
      assertEquals(true, 1 + moves <= Segments.mostMoves(Arity.of(arity), nodes), lie.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8, 63, 64})
  void game_traceLengthIsNotAPowerOfTheArity_truthWins(int arity) {
    for (int nodes : new int[] {2, 3, 7, 9, 63, 64, 65, 1000, 4097}) {
      truthWins(arity, nodes, Fabrication.about(nodes / 2, 1L << 31));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 8, 64})
  void game_firstAndLastNodeAndInstruction_truthWins(int arity) {
    for (int nodes : new int[] {1, 2, NODES}) {
      for (long node : new long[] {0, nodes - 1}) {
        for (long instruction : new long[] {0, 1, LAST_INSTRUCTION - 1, LAST_INSTRUCTION}) {
          truthWins(arity, nodes, Fabrication.about(node, instruction));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8, 64})
  void game_traceOfOneNode_truthWins(int arity) {
    for (Fabrication.EndState end : Fabrication.EndState.values()) {
      truthWins(arity, 1, Fabrication.about(0, 1234).with(end));
    }
  }

  @Test
  void game_nodeThatFaults_truthWins() {
    everyPlaceOfANode((machine, node) -> machine.endStatus(node) == MachineStatus.FAULTED);
  }

  @Test
  void game_nodeThatHalts_truthWins() {
    everyPlaceOfANode((machine, node) -> machine.endStatus(node) == MachineStatus.HALTED);
  }

  @Test
  void game_nodeThatNeverHalts_truthWins() {
    long node = firstNode(candidate -> machine().end(candidate) > InstructionIndex.END.value());
    for (Fabrication.EndState end : Fabrication.EndState.values()) {
      for (long instruction : new long[] {0, 1L << 31, LAST_INSTRUCTION}) {
        truthWins(8, NODES, Fabrication.about(node, instruction).with(end));
      }
    }
  }

  /** Lies before, at and after the instruction that ends a node. */
  private static void everyPlaceOfANode(BiPredicate<ToyMachine, Long> kind) {
    ToyMachine machine = machine();
    long node = firstNode(n -> machine.end(n) < LAST_INSTRUCTION && kind.test(machine, n));
    long end = machine.end(node);
    for (Fabrication.EndState state : Fabrication.EndState.values()) {
      for (long instruction : new long[] {0, end - 1, end, end + 1, LAST_INSTRUCTION}) {
        truthWins(8, NODES, Fabrication.about(node, instruction).with(state));
      }
    }
  }

  private static ToyMachine machine() {
    return new ToyTrace(
            new ToyModel(GraphMode.ROW_PER_NODE, NODES, SEED),
            InferenceRequest.greedy(TokenIds.of(5), 1))
        .toyMachine();
  }

  private static long firstNode(LongPredicate kind) {
    return LongStream.range(0, NODES).filter(kind).findFirst().orElseThrow();
  }
}
