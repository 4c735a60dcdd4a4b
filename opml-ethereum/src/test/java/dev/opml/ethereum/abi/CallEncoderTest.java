package dev.opml.ethereum.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.ByteVector;
import dev.opml.api.Bytes32;
import dev.opml.api.ImageRoot;
import dev.opml.api.ModelId;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.Registration;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.Witness;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.Reveal;
import dev.opml.dispute.game.Ends;
import dev.opml.dispute.game.MachineOpening;
import dev.opml.dispute.game.OpenedSegment;
import dev.opml.dispute.game.Opening;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.PositionSummary;
import dev.opml.dispute.game.Subdivision;
import dev.opml.ethereum.Tools;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Calls as cast encodes them, from signatures and values. */
class CallEncoderTest {
  private static final long SEED = 20;
  private static final int ROUNDS = 4;
  private static final Wei CLAIM_BOND = Wei.of(5);
  private static final Wei CHALLENGER_BOND = Wei.of(6);

  private final Samples samples = new Samples(SEED);
  private final CallFacts.Match match =
      new CallFacts.Match(new ClaimId(samples.word()), samples.address());
  private final ModelView model = samples.model();
  private final CallEncoder encoder =
      new CallEncoder(
          new CallFacts() {
            @Override
            public Match match(GameId game) {
              return match;
            }

            @Override
            public ModelView model(ModelId id) {
              return model;
            }

            @Override
            public Wei claimBond(RequestId request) {
              return CLAIM_BOND;
            }

            @Override
            public Wei challengerBond() {
              return CHALLENGER_BOND;
            }
          });

  private void assertEncodes(
      ArbiterCall call, Wei value, ArbiterFunction function, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("calldata", function.signature()));
    command.addAll(List.of(arguments));
    String expected = Tools.cast(command.toArray(String[]::new));
    CallData data = encoder.encode(call);
    assertEquals(expected, hex(data.bytes()), () -> function + ", seed " + SEED);
    assertEquals(value, data.value());
  }

  private static String hex(byte[] bytes) {
    return "0x" + HexFormat.of().formatHex(bytes);
  }

  private static String list(List<Bytes32> words) {
    return words.stream().map(Bytes32::toHex).collect(Collectors.joining(",", "[", "]"));
  }

  private static String tuple(Object... values) {
    return Arrays.stream(values).map(Object::toString).collect(Collectors.joining(",", "(", ")"));
  }

  @Test
  void register_anyModel_isAsCastEncodesIt() throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      Registration it =
          new Registration(
              new ImageRoot(samples.word()),
              samples.header(),
              samples.path(),
              samples.word(),
              samples.path(),
              samples.path(),
              samples.path(),
              samples.path());
      ModelSource source = new ModelSource(samples.word(), "https://example.org/größe");
      assertEncodes(
          new ArbiterCall.Register(it, source),
          Wei.ZERO,
          ArbiterFunction.REGISTER,
          tuple(
              it.imageRoot().value(),
              hex(it.header().encode()),
              it.headerPath(),
              it.programRoot(),
              it.programPath(),
              it.inputPath(),
              it.outputPath(),
              it.statePath()),
          source.fileHash().toHex(),
          source.location());
    }
  }

  @Test
  void request_anyTerms_areAsCastEncodesThem() throws Exception {
    for (int i = 0; i < 3 * ROUNDS; i++) {
      RequestTerms terms = samples.terms();
      assertEncodes(
          new ArbiterCall.Request(terms),
          terms.fee(),
          ArbiterFunction.REQUEST,
          tuple(
              terms.model(),
              inference(terms.inference()),
              terms.fee().amount(),
              Long.toUnsignedString(terms.sealingDeadline()),
              terms.consumer(),
              Long.toUnsignedString(terms.policy().challengeWindow()),
              terms.policy().bond().amount(),
              Long.toUnsignedString(terms.nonce())),
          tuple(model.imageRoot().value(), hex(model.header().encode()), model.inputPath()));
    }
  }

  private static String inference(InferenceRequest it) {
    byte[] prompt =
        switch (it.prompt()) {
          case TokenIds ids -> packed(ids.toArray());
          case ByteVector vector -> vector.toByteArray();
        };
    int[] choices =
        it.choices().list().stream()
            .flatMapToInt(ids -> IntStream.concat(IntStream.of(ids.size()), ids.stream()))
            .toArray();
    SamplingParameters sampling = it.sampling();
    return tuple(
        hex(prompt),
        it.maxNewTokens(),
        it.stopPolicy().code(),
        tuple(
            bits(sampling.temperature()),
            sampling.topK(),
            bits(sampling.topP()),
            bits(sampling.minP()),
            Long.toUnsignedString(sampling.seed()),
            bits(sampling.penalties().repeat()),
            bits(sampling.penalties().presence()),
            bits(sampling.penalties().frequency()),
            sampling.penalties().window()),
        hex(packed(choices)));
  }

  private static String bits(float value) {
    return Integer.toUnsignedString(Float.floatToRawIntBits(value));
  }

  private static byte[] packed(int... words) {
    ByteBuffer packed = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
    packed.asIntBuffer().put(words);
    return packed.array();
  }

  @Test
  void sealClaim_anyOutput_isAsCastEncodesIt() throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      RequestId request = new RequestId(samples.word());
      Seal seal = new Seal(samples.word());
      TokenIds output = samples.tokens(samples.below(20));
      assertEncodes(
          new ArbiterCall.SealClaim(request, seal, output),
          CLAIM_BOND,
          ArbiterFunction.SEAL_CLAIM,
          request.toString(),
          seal.value().toHex(),
          hex(packed(output.toArray())));
    }
  }

  @Test
  void claimCalls_any_areAsCastEncodesThem() throws Exception {
    ClaimId claim = new ClaimId(samples.word());
    RequestId request = new RequestId(samples.word());
    String id = claim.toString();
    Reveal reveal =
        new Reveal(new StateRoot(samples.word()), samples.path(), new Salt(samples.word()));
    assertEncodes(
        new ArbiterCall.RevealClaim(claim, reveal),
        Wei.ZERO,
        ArbiterFunction.REVEAL,
        id,
        reveal.finalRoot().value().toHex(),
        reveal.salt().value().toHex(),
        reveal.outputPath().toString());
    assertEncodes(new ArbiterCall.Expire(claim), Wei.ZERO, ArbiterFunction.EXPIRE, id);
    assertEncodes(new ArbiterCall.Settle(claim), Wei.ZERO, ArbiterFunction.SETTLE, id);
    String asked = request.toString();
    assertEncodes(new ArbiterCall.PayFee(request), Wei.ZERO, ArbiterFunction.PAY_FEE, asked);
    assertEncodes(new ArbiterCall.Refund(request), Wei.ZERO, ArbiterFunction.REFUND, asked);
    assertEncodes(new ArbiterCall.Withdraw(), Wei.ZERO, ArbiterFunction.WITHDRAW);
  }

  @Test
  void challenge_anyOpening_isAsCastEncodesIt() throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      ClaimId claim = new ClaimId(samples.word());
      List<Bytes32> interior = samples.words(5);
      Opening opening =
          new Opening(
              new StateRoot(samples.word()),
              new StateRoot(samples.word()),
              interior.stream().map(StateRoot::new).toList());
      assertEncodes(
          new ArbiterCall.Challenge(claim, opening),
          CHALLENGER_BOND,
          ArbiterFunction.CHALLENGE,
          claim.toString(),
          opening.claimedRoot().value().toHex(),
          list(with(interior, opening.end().value())));
    }
  }

  private static List<Bytes32> with(List<Bytes32> words, Bytes32... more) {
    return Stream.concat(words.stream(), Stream.of(more)).toList();
  }

  @Test
  void subdivide_eachSegment_isAsCastEncodesIt() throws Exception {
    int segments = 5;
    Position position =
        samples.positionOf(
            new GameId(samples.word()),
            Phase.NODES,
            Stream.generate(samples::word).limit(segments - 1).toList());
    for (int segment = 0; segment < segments; segment++) {
      OpenedSegment answered = position.open(segment);
      Subdivision move = new Subdivision(samples.word(), samples.words(4));
      List<Bytes32> values = new ArrayList<>(List.of(position.commitment(segment + 1)));
      if (segment > 0) {
        values.add(position.commitment(segment));
      }
      if (segment == 0 || segment == segments - 1) {
        values.addAll(List.of(position.agreed(), position.otherEnd().orElseThrow()));
      } else {
        values.add(answered.ends().hash());
      }
      values.addAll(answered.siblings());
      values.addAll(with(move.interior(), move.end()));
      assertEncodes(
          new ArbiterCall.Subdivide(answered, move),
          Wei.ZERO,
          ArbiterFunction.SUBDIVIDE,
          match.claim().toString(),
          match.challenger().toString(),
          number(position.word().pack()),
          "" + segment,
          list(values));
    }
  }

  private static String number(Bytes32 word) {
    return word.toHex();
  }

  @Test
  void openMachine_anyEndState_isAsCastEncodesIt() throws Exception {
    for (MachineStatus status : MachineStatus.values()) {
      Position position = samples.positionOf(new GameId(samples.word()), Phase.NODE, List.of());
      List<Long> registers =
          Stream.generate(() -> samples.word().word0()).limit(MachineState.REGISTERS).toList();
      MachineState state =
          new MachineState(
              samples.word(), samples.word(), samples.word().word1(), 1 << 20, status, registers);
      MachineOpening move = new MachineOpening(state, samples.words(5));
      StringBuilder encoded = new StringBuilder();
      encoded.append(state.lowerRoot().toHex()).append(state.upperRoot().toHex().substring(2));
      encoded.append("%016x%016x%02x".formatted(state.pc(), state.count(), status.code()));
      registers.forEach(it -> encoded.append("%016x".formatted(it)));
      assertEquals(2 + 2 * 329, encoded.length());
      Bytes32 other = position.otherEnd().orElseThrow();
      assertEncodes(
          new ArbiterCall.OpenMachine(position.open(0), move),
          Wei.ZERO,
          ArbiterFunction.OPEN_MACHINE,
          match.claim().toString(),
          match.challenger().toString(),
          number(position.word().pack()),
          encoded.toString(),
          list(
              Stream.concat(
                      Stream.of(position.moverEnd(), position.agreed(), other),
                      move.interior().stream())
                  .toList()));
    }
  }

  @Test
  void submitWitness_bothPhases_areAsCastEncodesThem() throws Exception {
    for (Phase phase : List.of(Phase.INSTRUCTION_OPENED, Phase.INSTRUCTION)) {
      Position position = samples.positionOf(new GameId(samples.word()), phase, List.of());
      Witness witness = Witness.of(samples.bytes(1 + samples.below(500)));
      assertEncodes(
          new ArbiterCall.SubmitWitness(position.open(0), witness),
          Wei.ZERO,
          ArbiterFunction.SUBMIT_WITNESS,
          match.claim().toString(),
          match.challenger().toString(),
          number(position.word().pack()),
          position.agreed().toHex(),
          position.otherEnd().orElse(Bytes32.ZERO).toHex(),
          position.moverEnd().toHex(),
          hex(witness.encoded()));
    }
  }

  @Test
  void prove_anySegment_isASubdivisionWithItsWitness() throws Exception {
    Position position =
        samples.positionOf(new GameId(samples.word()), Phase.MACHINE, samples.words(5));
    OpenedSegment opened = position.open(0);
    Subdivision move = new Subdivision(samples.word(), List.of());
    Witness witness = Witness.of(samples.bytes(1 + samples.below(500)));
    Ends.Given ends = (Ends.Given) opened.ends();
    assertEncodes(
        new ArbiterCall.Prove(opened, move, witness),
        Wei.ZERO,
        ArbiterFunction.PROVE,
        match.claim().toString(),
        match.challenger().toString(),
        number(position.word().pack()),
        "0",
        list(
            Stream.of(
                    Stream.of(opened.high(), ends.agreed(), ends.other()),
                    opened.siblings().stream(),
                    Stream.of(move.end()))
                .flatMap(it -> it)
                .toList()),
        hex(witness.encoded()));
  }

  @Test
  void timeOutAndClose_anyPosition_areAsCastEncodesThem() throws Exception {
    PositionSummary stored =
        samples.positionOf(new GameId(samples.word()), samples.phase(), List.of()).summary();
    String[] arguments = {
      match.claim().toString(),
      match.challenger().toString(),
      number(stored.word().pack()),
      stored.ends().toHex(),
      stored.root().toHex()
    };
    assertEncodes(new ArbiterCall.TimeOut(stored), Wei.ZERO, ArbiterFunction.TIME_OUT, arguments);
    assertEncodes(new ArbiterCall.Close(stored), Wei.ZERO, ArbiterFunction.CLOSE, arguments);
  }

  @Test
  void witness_ofOneSegmentOfSeveral_isRefused() {
    OpenedSegment middle =
        new OpenedSegment(
            new GameId(samples.word()),
            samples.position(Phase.INSTRUCTION),
            1,
            new Ends.Hashed(samples.word()),
            samples.word(),
            samples.word(),
            List.of());
    assertThrows(
        IllegalArgumentException.class,
        () -> encoder.encode(new ArbiterCall.SubmitWitness(middle, Witness.of(new byte[] {1}))));
  }
}
