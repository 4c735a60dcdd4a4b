package dev.opml.ethereum.abi;

import dev.opml.api.ByteVector;
import dev.opml.api.Bytes32;
import dev.opml.api.ImageRoot;
import dev.opml.api.ModelId;
import dev.opml.api.Prompt;
import dev.opml.api.SiblingPath;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.Choices;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Penalties;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.game.Clocks;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.PositionWord;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** Random values of everything that calls and events are made of. */
public final class Samples {
  private static final long MOST_STEPS = 1L << 40;

  private final Random random;

  public Samples(long seed) {
    this.random = new Random(seed);
  }

  public int below(int bound) {
    return random.nextInt(bound);
  }

  public byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  public Bytes32 word() {
    return Bytes32.of(bytes(32));
  }

  public List<Bytes32> words(int most) {
    return Stream.generate(this::word).limit(below(most + 1)).toList();
  }

  public Address address() {
    return new Address(random.nextInt(), random.nextLong(), random.nextLong());
  }

  public Wei wei() {
    return new Wei(new BigInteger(random.nextInt(257), random));
  }

  public SiblingPath path() {
    return SiblingPath.of(bytes(8 + 32 * below(5)));
  }

  public TokenIds tokens(int count) {
    return TokenIds.of(random.ints(count, 0, Integer.MAX_VALUE).toArray());
  }

  public GraphHeader header() {
    return new GraphHeader(
        2,
        random.nextBoolean() ? GraphMode.SINGLE_PHASE : GraphMode.ROW_PER_NODE,
        1 + below(1000),
        1 + below(100_000),
        2 + below(10_000),
        random.nextBoolean() ? 0 : 784,
        tokens(below(5)));
  }

  /** A header of a model that reads such a prompt. */
  public static GraphHeader headerFor(Prompt prompt) {
    int inputBytes = prompt instanceof ByteVector vector ? vector.size() : 0;
    return new GraphHeader(2, GraphMode.SINGLE_PHASE, 1, 100, 100, inputBytes, TokenIds.of());
  }

  public ModelView model() {
    return new ModelView(new ModelId(word()), new ImageRoot(word()), header(), path());
  }

  public InferenceRequest inference() {
    if (below(4) == 0) {
      return new InferenceRequest(
          ByteVector.of(bytes(1 + below(200))), 1, sampling(Penalties.NONE), StopPolicy.NEVER);
    }
    Choices choices = random.nextBoolean() ? Choices.ANY : choices();
    return new InferenceRequest(
        tokens(1 + below(60)),
        choices.any() ? 1 + below(1 << 22) : choices.longest(),
        sampling(random.nextBoolean() ? Penalties.NONE : penalties()),
        random.nextBoolean() ? StopPolicy.NEVER : StopPolicy.STOP_TOKENS,
        choices);
  }

  private Choices choices() {
    List<TokenIds> list = new ArrayList<>();
    for (int i = 0; i <= below(6); i++) {
      list.add(TokenIds.of(i).concat(tokens(below(9))));
    }
    return Choices.of(list);
  }

  private Penalties penalties() {
    return new Penalties(
        0.5f + random.nextFloat(), -random.nextFloat(), 1 + random.nextFloat(), 1 + below(1000));
  }

  private SamplingParameters sampling(Penalties penalties) {
    return new SamplingParameters(
        random.nextBoolean() ? 0 : 0.5f + random.nextFloat(),
        below(100),
        1 - random.nextFloat() / 2,
        random.nextFloat() / 2,
        random.nextLong(),
        penalties);
  }

  public RequestTerms terms() {
    return terms(new ModelId(word()), inference());
  }

  public RequestTerms terms(ModelId model, InferenceRequest inference) {
    return new RequestTerms(
        model,
        inference,
        wei(),
        random.nextLong(),
        address(),
        new FinalityPolicy(random.nextLong(), wei()),
        random.nextLong());
  }

  public PositionWord position(Phase phase) {
    long low = random.nextLong(MOST_STEPS);
    long high = low + 1 + random.nextLong(MOST_STEPS - low);
    Clocks clocks =
        new Clocks(
            random.nextLong(1L << 27),
            random.nextLong(1L << 27),
            new Block(random.nextLong(1L << 36), random.nextLong(1L << 34)));
    return new PositionWord(
        phase, 1 + below(255), new NodeIndex(random.nextLong(MOST_STEPS)), low, high, clocks);
  }

  public Phase phase() {
    return Phase.values()[below(Phase.values().length)];
  }

  public Position positionOf(GameId game, Phase phase, List<Bytes32> interior) {
    return new Position(
        game,
        position(phase),
        word(),
        interior,
        word(),
        Optional.of(word()).filter(_ -> phase.saysBothEnds()));
  }
}
