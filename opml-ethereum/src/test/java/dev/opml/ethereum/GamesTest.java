package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.PositionSummary;
import dev.opml.dispute.game.Segments;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Random games: what the arbiter in Java accepts and refuses, and what comes of it, the contract
 * does too. Moves are legal ones with commitments that mean nothing, and legal ones of which
 * something was changed.
 */
class GamesTest {
  private static final boolean SLOW = System.getenv("OPML_SLOW") != null;

  /** Games that are played to their end, at least. */
  private static final int GAMES = SLOW ? 10_000 : 100;

  /** Worlds of one record. */
  private static final int WORLDS = SLOW ? 1_000 : 60;

  /** In a world; fewer if nothing can happen any more. */
  private static final int CALLS = 300;

  private static final int CALLS_AFTER_THE_END = 5;

  /** Those of games. */
  private static final Set<Refusal> ALL_REFUSALS =
      EnumSet.of(
          Refusal.DUPLICATE,
          Refusal.TOO_LATE,
          Refusal.UNKNOWN_CLAIM,
          Refusal.WRONG_CLAIM_STATUS,
          Refusal.STILL_UNDECIDED,
          Refusal.NOT_YOURS,
          Refusal.UNKNOWN_GAME,
          Refusal.GAME_OVER,
          Refusal.CLAIM_REFUTED,
          Refusal.STALE_POSITION,
          Refusal.NOT_YOUR_TURN,
          Refusal.CLOCK_EXPIRED,
          Refusal.CLOCK_RUNNING,
          Refusal.WRONG_OPENING,
          Refusal.WRONG_PHASE,
          Refusal.WRONG_CLAIMED_ROOT,
          Refusal.SEGMENT_OUT_OF_RANGE,
          Refusal.NOTHING_DISPUTED,
          Refusal.END_CHANGED,
          Refusal.WRONG_SUBDIVISION,
          Refusal.WRONG_END_STATE,
          Refusal.INVALID_WITNESS,
          Refusal.INSUFFICIENT_FUNDS);

  private final Map<Refusal, Integer> refusals = new EnumMap<>(Refusal.class);
  private final Set<Phase> phases = EnumSet.noneOf(Phase.class);
  private final Set<GameStatus> ends = EnumSet.noneOf(GameStatus.class);
  private int accepted;
  private int proofs;
  private long ended;

  @Test
  void calls_ofRandomGames_haveTheSameOutcome() throws IOException, InterruptedException {
    long seed = Long.getLong("opml.seed", 20_261_201L);
    System.out.println("GamesTest: opml.seed " + seed);
    assertTrue(Files.exists(Forge.tool("forge")));
    for (int world = 0; ended < GAMES; world += WORLDS) {
      replay(seed + world);
    }
    System.out.println(
        "GamesTest: "
            + ended
            + " games ended, "
            + accepted
            + " calls accepted, refused "
            + refusals);
    assertTrue(proofs > 0, "no proof was accepted");
    assertEquals(EnumSet.allOf(Phase.class), phases);
    assertEquals(ALL_REFUSALS, refusals.keySet());
    assertEquals(EnumSet.complementOf(EnumSet.of(GameStatus.OPEN)), ends);
  }

  private void replay(long seed) throws IOException, InterruptedException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < WORLDS; i++) {
      RandomGenerator random = new SplittableRandom(seed + i);
      GameWorld world = new GameWorld(random);
      play(world, random);
      ended += world.ended();
      for (byte[] line : world.lines()) {
        lines.append("0x").append(HexFormat.of().formatHex(line)).append('\n');
      }
    }
    Forge.replay(
        "GamesDifferentialTest",
        "OPML_GAMES",
        lines.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private void play(GameWorld world, RandomGenerator random) {
    List<GameCall> old = new ArrayList<>();
    if (random.nextInt(6) == 0) {
      // Within a block of the last second for challenges.
      var window = world.claim().challenge().orElseThrow();
      while (window.secondsLeft(world.blocks.head()) > 6) {
        world.blocks.advance(Math.min(6, world.parameters.blockSeconds()));
      }
    }
    int left = CALLS_AFTER_THE_END;
    for (int i = 0; i < CALLS && left > 0; i++) {
      left -= isOver(world) ? 1 : 0;
      Address challenger = GameWorld.CHALLENGERS.get(random.nextInt(3));
      var game = world.game(challenger);
      advance(world, random);
      GameCall call;
      Address sender;
      if (game.isEmpty()) {
        call = challenge(world, random);
        sender = challenger;
      } else {
        phases.add(game.get().position().phase());
        call = legal(world, game.get(), random);
        sender = game.get().player(game.get().position().toMove());
      }
      if (random.nextInt(5) < 2) {
        if (!old.isEmpty() && random.nextInt(10) == 0) {
          call = old.get(random.nextInt(old.size()));
        }
        int changes = random.nextInt(3);
        for (int j = 0; j < changes; j++) {
          call = changed(world, call, random);
        }
        if (random.nextInt(4) == 0) {
          sender =
              List.of(GameWorld.PROPOSER, challenger, GameWorld.STRANGER, GameWorld.POOR)
                  .get(random.nextInt(4));
        }
      }
      int before = world.lines().size();
      world
          .make(sender, challenger, call)
          .ifPresent(refusal -> refusals.merge(refusal, 1, Integer::sum));
      if (world.lines().size() > before + 1) {
        accepted++;
        proofs += call instanceof GameCall.Prove ? 1 : 0;
      }
      old.add(call);
      world
          .game(challenger)
          .map(GameView::status)
          .filter(s -> s != GameStatus.OPEN)
          .ifPresent(ends::add);
    }
  }

  private static boolean isOver(GameWorld world) {
    return GameWorld.CHALLENGERS.stream()
        .map(world::game)
        .allMatch(game ->
            game.map(view -> view.status() != GameStatus.OPEN)
                .orElse(!world.claim().canChallenge(world.blocks.head(), 0)));
  }

  /**
   * Some seconds, the last that a player has or one more, or time in which the chain stood still.
   */
  private static void advance(GameWorld world, RandomGenerator random) {
    switch (random.nextInt(150)) {
      case 0 -> world.blocks.standStill(random.nextInt(100_000));
      case 1, 2, 3 -> {
        for (Address challenger : GameWorld.CHALLENGERS) {
          world
              .game(challenger)
              .filter(game -> game.status() == GameStatus.OPEN)
              .ifPresent(game -> {
                Position at = game.position();
                Block now = world.blocks.head();
                long left =
                    at.clocks().secondsOf(at.toMove())
                        - at.word().elapsed(now, world.parameters.blockSeconds());
                if (left >= 0) {
                  world.blocks.advance(left + random.nextInt(2));
                }
              });
        }
      }
      default -> world.blocks.advance(random.nextInt(60));
    }
  }

  private static GameCall challenge(GameWorld world, RandomGenerator random) {
    int count = Segments.count(world.parameters.arity().nodes(), world.traceLength);
    return new GameCall.Challenge(world.revealed, world.finalRoot.value(), noise(count, random));
  }

  /** A call that the rules allow, if claim and clock do. */
  private static GameCall legal(GameWorld world, GameView game, RandomGenerator random) {
    Position at = game.position();
    boolean refuted = world.claim().status() == ClaimStatus.REFUTED;
    boolean expired = at.word().expired(world.blocks.head(), world.parameters.blockSeconds());
    if (random.nextInt(20) == 0 || ((refuted || expired) && random.nextInt(3) > 0)) {
      PositionSummary summary = at.summary();
      return new GameCall.Stored(
          refuted,
          game.claim(),
          game.challenger(),
          at.word().pack(),
          summary.ends(),
          summary.root());
    }
    return switch (at.phase().accepts()) {
      case SUBDIVIDE -> subdivide(world, game, random);
      case OPEN_MACHINE -> openMachine(world, game, random);
      case WITNESS -> {
        Bytes32 other = at.otherEnd().orElse(Bytes32.ZERO);
        yield new GameCall.SubmitWitness(
            game.claim(),
            game.challenger(),
            at.word().pack(),
            at.agreed(),
            other,
            at.moverEnd(),
            witness(at.moverEnd(), other, random));
      }
    };
  }

  private static GameCall subdivide(GameWorld world, GameView game, RandomGenerator random) {
    Position at = game.position();
    int segments = at.segments();
    int segment = random.nextInt(4) == 0 ? segments - 1 : random.nextInt(segments);
    var opened = at.open(segment);
    var arity = world.parameters.arity();
    long size = opened.highStep(arity) - opened.lowStep(arity);
    int count =
        Segments.count(at.phase() == Phase.NODES ? arity.nodes() : arity.instructions(), size);
    List<Bytes32> values = new ArrayList<>(GameCall.values(opened));
    List<Bytes32> own = noise(count, random);
    if (segment == segments - 1 && at.otherEnd().isPresent()) {
      own.set(count - 1, at.otherEnd().get());
    }
    values.addAll(own);
    var move =
        new GameCall.Subdivide(
            game.claim(), game.challenger(), at.word().pack(), BigInteger.valueOf(segment), values);
    boolean isProvable = size == 1 && at.phase() != Phase.NODES;
    if (random.nextInt(isProvable ? 2 : 20) > 0) {
      return move;
    }
    return new GameCall.Prove(move, witness(own.getLast(), opened.high(), random));
  }

  /** A witness that is a word: the machine of this test makes itself of it. */
  private static byte[] witness(Bytes32 one, Bytes32 other, RandomGenerator random) {
    Bytes32 result =
        switch (random.nextInt(4)) {
          case 0 -> one;
          case 1 -> other;
          default -> noise(random);
        };
    return random.nextInt(5) == 0 ? new byte[random.nextInt(40)] : result.toByteArray();
  }

  private static GameCall openMachine(GameWorld world, GameView game, RandomGenerator random) {
    Position at = game.position();
    long limit = 1L << 32;
    long count =
        switch (random.nextInt(4)) {
          case 0 -> 1;
          case 1 -> limit;
          case 2 -> 1 + random.nextLong(100);
          default -> 1 + random.nextLong(limit);
        };
    List<Long> registers = new ArrayList<>();
    for (int i = 0; i < MachineState.REGISTERS; i++) {
      registers.add(random.nextLong() >>> random.nextInt(64));
    }
    MachineState end =
        new MachineState(
            at.otherEnd().orElseThrow(),
            noise(random),
            random.nextLong(),
            count,
            MachineStatus.values()[count == limit ? random.nextInt(3) : 1 + random.nextInt(2)],
            registers);
    List<Bytes32> values =
        new ArrayList<>(List.of(at.moverEnd(), at.agreed(), at.otherEnd().orElseThrow()));
    int segments = Segments.count(world.parameters.arity().instructions(), count);
    values.addAll(noise(segments - 1, random));
    return new GameCall.OpenMachine(
        game.claim(), game.challenger(), at.word().pack(), GameCall.encode(end), values);
  }

  /** The same with one thing changed, which may leave it legal. */
  private static GameCall changed(GameWorld world, GameCall call, RandomGenerator random) {
    return switch (call) {
      case GameCall.Challenge(var claim, var root, var own) ->
          switch (random.nextInt(4)) {
            case 0 ->
                new GameCall.Challenge(
                    random.nextBoolean() ? world.hidden : new ClaimId(noise(random)), root, own);
            case 1 -> new GameCall.Challenge(claim, changed(root, random), own);
            case 2 -> {
              List<Bytes32> equal = new ArrayList<>(own);
              if (!equal.isEmpty()) {
                equal.set(equal.size() - 1, root);
              }
              yield new GameCall.Challenge(claim, root, equal);
            }
            default -> new GameCall.Challenge(claim, root, changed(own, random));
          };
      case GameCall.Subdivide(var claim, var challenger, var word, var segment, var values) ->
          switch (random.nextInt(5)) {
            case 0 ->
                new GameCall.Subdivide(claim, challenger, changed(word, random), segment, values);
            case 1 ->
                new GameCall.Subdivide(
                    claim,
                    challenger,
                    word,
                    random.nextInt(4) == 0
                        ? new BigInteger(256, new Random(random.nextLong()))
                        : BigInteger.valueOf(random.nextInt(70)),
                    values);
            case 2 -> {
              List<Bytes32> equal = new ArrayList<>(values);
              if (!equal.isEmpty()) {
                equal.set(
                    equal.size() - 1, random.nextInt(3) == 0 ? noise(random) : equal.getFirst());
              }
              yield new GameCall.Subdivide(claim, challenger, word, segment, equal);
            }
            case 3 -> another(claim, challenger, word, values, random);
            default ->
                new GameCall.Subdivide(claim, challenger, word, segment, changed(values, random));
          };
      case GameCall.Prove(var move, var witness) ->
          random.nextInt(4) > 0 && changed(world, move, random) instanceof GameCall.Subdivide other
              ? new GameCall.Prove(other, witness)
              : new GameCall.Prove(move, new byte[random.nextInt(40)]);
      case GameCall.OpenMachine(var claim, var challenger, var word, var end, var values) ->
          switch (random.nextInt(4)) {
            case 0 ->
                new GameCall.OpenMachine(claim, challenger, changed(word, random), end, values);
            case 1 ->
                new GameCall.OpenMachine(claim, challenger, word, changed(end, random), values);
            case 2 -> another(claim, challenger, word, values, random);
            default ->
                new GameCall.OpenMachine(claim, challenger, word, end, changed(values, random));
          };
      case GameCall.SubmitWitness(
              var claim,
              var challenger,
              var word,
              var agreed,
              var other,
              var end,
              var witness) ->
          switch (random.nextInt(6)) {
            case 0 ->
                new GameCall.SubmitWitness(
                    claim, challenger, changed(word, random), agreed, other, end, witness);
            case 1 ->
                new GameCall.SubmitWitness(
                    claim, challenger, word, changed(agreed, random), other, end, witness);
            case 2 ->
                new GameCall.SubmitWitness(
                    claim, challenger, word, agreed, changed(other, random), end, witness);
            case 3 ->
                new GameCall.SubmitWitness(
                    claim, challenger, word, agreed, other, changed(end, random), witness);
            case 4 -> another(claim, challenger, word, List.of(end, agreed, other), random);
            default ->
                new GameCall.SubmitWitness(
                    claim, challenger, word, agreed, other, end, new byte[random.nextInt(40)]);
          };
      case GameCall.Stored(var close, var claim, var challenger, var word, var ends, var root) ->
          switch (random.nextInt(5)) {
            case 0 -> new GameCall.Stored(!close, claim, challenger, word, ends, root);
            case 1 -> new GameCall.Stored(close, claim, GameWorld.POOR, word, ends, root);
            case 2 ->
                new GameCall.Stored(close, claim, challenger, changed(word, random), ends, root);
            case 3 ->
                new GameCall.Stored(close, claim, challenger, word, changed(ends, random), root);
            default ->
                new GameCall.Stored(close, claim, challenger, word, ends, changed(root, random));
          };
    };
  }

  /** A move of a kind that may not be possible. */
  private static GameCall another(
      ClaimId claim,
      Address challenger,
      Bytes32 word,
      List<Bytes32> values,
      RandomGenerator random) {
    if (values.size() < 3 || random.nextInt(4) == 0) {
      return new GameCall.OpenMachine(
          claim, challenger, word, new byte[GameCall.END_STATE], values);
    }
    if (random.nextBoolean()) {
      List<Bytes32> more = new ArrayList<>(values);
      more.add(noise(random));
      return new GameCall.Subdivide(claim, challenger, word, BigInteger.ZERO, more);
    }
    return new GameCall.SubmitWitness(
        claim, challenger, word, values.get(1), values.get(2), values.get(0), new byte[32]);
  }

  private static Bytes32 changed(Bytes32 value, RandomGenerator random) {
    if (random.nextInt(6) == 0) {
      return noise(random);
    }
    int bit = random.nextInt(256);
    byte[] bytes = value.toByteArray();
    bytes[bit / 8] ^= (byte) (1 << bit % 8);
    return Bytes32.of(bytes);
  }

  private static List<Bytes32> changed(List<Bytes32> values, RandomGenerator random) {
    List<Bytes32> changed = new ArrayList<>(values);
    switch (random.nextInt(6)) {
      case 0 -> changed.add(noise(random));
      case 1 -> changed = changed.subList(0, random.nextInt(changed.size() + 1));
      case 2 -> {
        if (!changed.isEmpty()) {
          changed.removeLast();
        }
      }
      case 3 -> {
        if (!changed.isEmpty()) {
          changed.remove(random.nextInt(changed.size()));
        }
      }
      case 4 -> changed.addAll(Collections.nCopies(random.nextInt(80), Bytes32.ZERO));
      default -> {
        if (!changed.isEmpty()) {
          changed.set(random.nextInt(changed.size()), noise(random));
        }
      }
    }
    return List.copyOf(changed);
  }

  private static byte[] changed(byte[] end, RandomGenerator random) {
    byte[] changed = end.clone();
    switch (random.nextInt(4)) {
      case 0 -> changed = Arrays.copyOf(end, random.nextInt(400));
      case 1 -> {
        if (end.length > 80) {
          changed[80] = (byte) random.nextInt(4);
        }
      }
      case 2 -> {
        if (end.length > 80) {
          changed[72 + random.nextInt(8)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      default -> {
        if (end.length > 0) {
          changed[random.nextInt(end.length)] ^= 1;
        }
      }
    }
    return changed;
  }

  private static Bytes32 noise(RandomGenerator random) {
    return random.nextInt(30) == 0
        ? Bytes32.ZERO
        : new Bytes32(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }

  private static List<Bytes32> noise(int size, RandomGenerator random) {
    List<Bytes32> values = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      values.add(noise(random));
    }
    return values;
  }
}
