package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.api.StateRoot;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import dev.opml.api.trace.Witness;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.Block;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.game.Clocks;
import dev.opml.dispute.game.Ends;
import dev.opml.dispute.game.MachineOpening;
import dev.opml.dispute.game.OpenedSegment;
import dev.opml.dispute.game.Opening;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.PositionSummary;
import dev.opml.dispute.game.PositionWord;
import dev.opml.dispute.game.Subdivision;
import dev.opml.merkle.MachineStates;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** A call of the contract's game functions, with any arguments at all. */
sealed interface GameCall {
  /** Bytes of an end state: both roots of memory, and all else that is hashed. */
  int END_STATE = Bytes32.SIZE + MachineStates.ENCODED_LENGTH;

  /** Data of the call. */
  byte[] data();

  /**
   * The same call of the arbiter in Java. Where Java's objects cannot say what is wrong with the
   * values, something else is wrong with the call that it gives, for which the same refusal is due.
   *
   * @return empty if the word is none
   */
  Optional<ArbiterCall> call(ArbiterIdentity at, Arity arity);

  record Challenge(ClaimId claim, Bytes32 claimedRoot, List<Bytes32> own) implements GameCall {
    @Override
    public byte[] data() {
      return Abi.call(
          "challenge(bytes32,bytes32,bytes32[])",
          Abi.word(claim.value()),
          Abi.word(claimedRoot),
          Abi.words(own));
    }

    @Override
    public Optional<ArbiterCall> call(ArbiterIdentity at, Arity arity) {
      List<StateRoot> roots = own.stream().map(StateRoot::new).toList();
      return Optional.of(
          new ArbiterCall.Challenge(
              claim,
              roots.isEmpty()
                  ? new Opening(
                      new StateRoot(claimedRoot),
                      new StateRoot(unlike(claimedRoot)),
                      Collections.nCopies(100, new StateRoot(Bytes32.ZERO)))
                  : new Opening(
                      new StateRoot(claimedRoot),
                      roots.getLast(),
                      roots.subList(0, roots.size() - 1))));
    }
  }

  record Subdivide(
      ClaimId claim, Address challenger, Bytes32 word, BigInteger segment, List<Bytes32> values)
      implements GameCall {
    @Override
    public byte[] data() {
      return Abi.call(
          "subdivide(bytes32,address,uint256,uint256,bytes32[])",
          Abi.word(claim.value()),
          Abi.address(challenger),
          Abi.word(word),
          Abi.number(segment),
          Abi.words(values));
    }

    @Override
    public Optional<ArbiterCall> call(ArbiterIdentity at, Arity arity) {
      GameId game = GameId.of(at, claim, challenger);
      return unpack(word)
          .map(unpacked -> {
            int count = unpacked.segments(arity);
            if (segment.compareTo(BigInteger.valueOf(count)) >= 0) {
              return new ArbiterCall.Subdivide(
                  opened(game, unpacked, Integer.MAX_VALUE, List.of()),
                  new Subdivision(Bytes32.ZERO, List.of()));
            }
            int index = segment.intValueExact();
            boolean atAnEnd = index == 0 || index == count - 1;
            int head = 1 + (index == 0 ? 0 : 1) + (atAnEnd ? 2 : 1);
            int taken = head + siblings(count, index);
            if (values.size() < taken) {
              return new ArbiterCall.Subdivide(
                  opened(game, unpacked, index, Collections.nCopies(100, Bytes32.ZERO)),
                  new Subdivision(Bytes32.ZERO, List.of()));
            }
            Bytes32 high = values.getFirst();
            Ends ends =
                atAnEnd
                    ? new Ends.Given(values.get(head - 2), values.get(head - 1))
                    : new Ends.Hashed(values.get(head - 1));
            // The second value is the agreed one in the first segment, else the leaf before.
            OpenedSegment answered =
                new OpenedSegment(
                    game, unpacked, index, ends, values.get(1), high, values.subList(head, taken));
            List<Bytes32> own = values.subList(taken, values.size());
            if (own.isEmpty()) {
              boolean said = index == count - 1 && unpacked.phase().saysBothEnds();
              Bytes32 end = said ? values.get(head - 1) : unlike(high);
              return new ArbiterCall.Subdivide(
                  answered, new Subdivision(end, Collections.nCopies(100, Bytes32.ZERO)));
            }
            return new ArbiterCall.Subdivide(
                answered, new Subdivision(own.getLast(), own.subList(0, own.size() - 1)));
          });
    }
  }

  /** A subdivision that brings a witness. */
  record Prove(Subdivide move, byte[] witness) implements GameCall {
    @Override
    public byte[] data() {
      return Abi.call(
          "prove(bytes32,address,uint256,uint256,bytes32[],bytes)",
          Abi.word(move.claim.value()),
          Abi.address(move.challenger),
          Abi.word(move.word),
          Abi.number(move.segment),
          Abi.words(move.values),
          Abi.data(witness));
    }

    @Override
    public Optional<ArbiterCall> call(ArbiterIdentity at, Arity arity) {
      return move.call(at, arity)
          .map(ArbiterCall.Subdivide.class::cast)
          .map(it -> new ArbiterCall.Prove(it.answered(), it.move(), Witness.of(witness)));
    }
  }

  record OpenMachine(
      ClaimId claim, Address challenger, Bytes32 word, byte[] endState, List<Bytes32> values)
      implements GameCall {
    @Override
    public byte[] data() {
      return Abi.call(
          "openMachine(bytes32,address,uint256,bytes,bytes32[])",
          Abi.word(claim.value()),
          Abi.address(challenger),
          Abi.word(word),
          Abi.data(endState),
          Abi.words(values));
    }

    @Override
    public Optional<ArbiterCall> call(ArbiterIdentity at, Arity arity) {
      GameId game = GameId.of(at, claim, challenger);
      return unpack(word)
          .map(unpacked -> {
            if (values.size() < 3) {
              return new ArbiterCall.OpenMachine(
                  opened(game, unpacked, 0, Collections.nCopies(100, Bytes32.ZERO)),
                  new MachineOpening(noEnd(), List.of()));
            }
            return new ArbiterCall.OpenMachine(
                only(game, unpacked, values.get(1), values.get(2), values.get(0)),
                new MachineOpening(decode(endState), values.subList(3, values.size())));
          });
    }
  }

  record SubmitWitness(
      ClaimId claim,
      Address challenger,
      Bytes32 word,
      Bytes32 agreed,
      Bytes32 other,
      Bytes32 end,
      byte[] witness)
      implements GameCall {
    @Override
    public byte[] data() {
      return Abi.call(
          "submitWitness(bytes32,address,uint256,bytes32,bytes32,bytes32,bytes)",
          Abi.word(claim.value()),
          Abi.address(challenger),
          Abi.word(word),
          Abi.word(agreed),
          Abi.word(other),
          Abi.word(end),
          Abi.data(witness));
    }

    @Override
    public Optional<ArbiterCall> call(ArbiterIdentity at, Arity arity) {
      GameId game = GameId.of(at, claim, challenger);
      return unpack(word)
          .map(unpacked ->
              new ArbiterCall.SubmitWitness(
                  only(game, unpacked, agreed, other, end), Witness.of(witness)));
    }
  }

  /** A time-out or a close. */
  record Stored(
      boolean close, ClaimId claim, Address challenger, Bytes32 word, Bytes32 ends, Bytes32 root)
      implements GameCall {
    @Override
    public byte[] data() {
      return Abi.call(
          (close ? "close" : "timeOut") + "(bytes32,address,uint256,bytes32,bytes32)",
          Abi.word(claim.value()),
          Abi.address(challenger),
          Abi.word(word),
          Abi.word(ends),
          Abi.word(root));
    }

    @Override
    public Optional<ArbiterCall> call(ArbiterIdentity at, Arity arity) {
      return unpack(word)
          .map(unpacked ->
              new PositionSummary(GameId.of(at, claim, challenger), unpacked, ends, root))
          .map(stored -> close ? new ArbiterCall.Close(stored) : new ArbiterCall.TimeOut(stored));
    }
  }

  private static Bytes32 unlike(Bytes32 value) {
    return new Bytes32(~value.word0(), value.word1(), value.word2(), value.word3());
  }

  private static OpenedSegment opened(
      GameId game, PositionWord word, int segment, List<Bytes32> siblings) {
    return new OpenedSegment(
        game, word, segment, new Ends.Hashed(Bytes32.ZERO), Bytes32.ZERO, Bytes32.ZERO, siblings);
  }

  private static OpenedSegment only(
      GameId game, PositionWord word, Bytes32 agreed, Bytes32 other, Bytes32 end) {
    return new OpenedSegment(game, word, 0, new Ends.Given(agreed, other), agreed, end, List.of());
  }

  /** Nodes beside the paths of two neighbouring leaves, as far as they are in the tree. */
  static int siblings(int count, int index) {
    int siblings = 0;
    int before = Math.max(0, index - 1);
    int leaf = index;
    for (int left = count; left > 1; left = (left + 1) / 2) {
      siblings += before % 2 == 1 ? 1 : 0;
      siblings += leaf % 2 == 0 && leaf + 1 < left ? 1 : 0;
      before /= 2;
      leaf /= 2;
    }
    return siblings;
  }

  private static Optional<PositionWord> unpack(Bytes32 word) {
    BigInteger bits = new BigInteger(1, word.toByteArray());
    int phase = (int) part(bits, 252, 4);
    long moves = part(bits, 244, 8);
    long low = part(bits, 164, 40);
    long last = part(bits, 124, 40);
    if (phase >= Phase.values().length || moves == 0 || last < low) {
      return Optional.empty();
    }
    return Optional.of(
        new PositionWord(
            Phase.values()[phase],
            (int) moves,
            new NodeIndex(part(bits, 204, 40)),
            low,
            last + 1,
            new Clocks(
                part(bits, 97, 27),
                part(bits, 70, 27),
                new Block(part(bits, 0, 36), part(bits, 36, 34)))));
  }

  private static long part(BigInteger bits, int from, int width) {
    return bits.shiftRight(from).mod(BigInteger.ONE.shiftLeft(width)).longValueExact();
  }

  private static MachineState noEnd() {
    return new MachineState(
        Bytes32.ZERO,
        Bytes32.ZERO,
        0,
        0,
        MachineStatus.RUNNING,
        Collections.nCopies(MachineState.REGISTERS, 0L));
  }

  private static MachineState decode(byte[] state) {
    if (state.length != END_STATE
        || Byte.toUnsignedInt(state[80]) >= MachineStatus.values().length) {
      return noEnd();
    }
    ByteBuffer bytes = ByteBuffer.wrap(state).position(64);
    long pc = bytes.getLong();
    long count = bytes.getLong();
    MachineStatus status = MachineStatus.values()[bytes.get()];
    List<Long> registers = new ArrayList<>();
    while (bytes.hasRemaining()) {
      registers.add(bytes.getLong());
    }
    return new MachineState(
        Bytes32.read(state, 0), Bytes32.read(state, 32), pc, count, status, registers);
  }

  /** The other way round. */
  static byte[] encode(MachineState state) {
    byte[] hashed = MachineStates.encode(state);
    return ByteBuffer.allocate(END_STATE)
        .put(state.lowerRoot().toByteArray())
        .put(state.upperRoot().toByteArray())
        .put(hashed, Bytes32.SIZE, hashed.length - Bytes32.SIZE)
        .array();
  }

  /** The values that a move begins with, for a segment that is opened. */
  static List<Bytes32> values(OpenedSegment opened) {
    List<Bytes32> values = new ArrayList<>(List.of(opened.high()));
    if (opened.segment() > 0) {
      values.add(opened.low());
    }
    switch (opened.ends()) {
      case Ends.Given given -> values.addAll(List.of(given.agreed(), given.other()));
      case Ends.Hashed hashed -> values.add(hashed.hash());
    }
    values.addAll(opened.siblings());
    return values;
  }
}
