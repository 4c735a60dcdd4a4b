package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.api.InputRoot;
import dev.opml.api.LimitExceededException;
import dev.opml.api.OpmlException;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.image.Registration;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.dispute.Refusal;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.InvalidPathException;
import dev.opml.merkle.MerkleTree;
import dev.opml.merkle.SiblingPaths;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The contract's rules for images, requests and answers are this library's. */
class ImageRulesTest {
  private static final long SEED = Long.getLong("opml.seed", 20_260_101L);

  private static final String REQUIRE_VALID =
      "requireValid((bytes32,bytes,bytes,bytes32,bytes,bytes,bytes,bytes))";
  private static final String BEGIN =
      "begin((bytes32,bytes,bytes),(bytes,uint32,uint8,"
          + "(uint32,uint32,uint32,uint32,uint64,uint32,uint32,uint32,uint32),bytes))";
  private static final String OUTPUT_ROOT = "outputRoot(bytes,uint256,uint256)";
  private static final String OUTPUT_STATE = "outputState(bytes32,bytes)";

  private static final int[] EDGES = {
    0,
    1,
    2,
    3,
    15,
    16,
    17,
    128,
    GraphHeader.MAX_INPUT_BYTES,
    GraphHeader.MAX_INPUT_BYTES + 1,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    -1
  };

  private final ImageCalls calls = new ImageCalls();
  private final Random random = new Random(SEED);

  @Test
  void requireValid_randomRegistrations_answersAsTheLibrary() throws Exception {
    for (int i = 0; i < 3000; i++) {
      addRegistration();
    }
    play("registrations", 500, Refusal.INVALID_REGISTRATION);
  }

  @Test
  void begin_randomRequests_answersAsTheLibrary() throws Exception {
    byte[] empty = new byte[MemoryRegion.LEAF_SIZE];
    for (int i = 0; i < 40; i++) {
      // Roots do not depend on what the header leaf of the image is.
      MerkleTree image = RawRegistration.image(random, empty);
      for (int j = 0; j < 100; j++) {
        RandomRawRequests any = new RandomRawRequests(random);
        addRequest(image, any.header, any.request);
      }
    }
    play("requests", 100, Refusal.REQUEST_OUT_OF_LIMITS, Refusal.TRACE_TOO_LONG);
  }

  /** Each parameter at every edge of a range, with penalties and without. */
  @Test
  void begin_samplingAtEveryEdge_answersAsTheLibrary() throws Exception {
    GraphHeader header = new GraphHeader(GraphMode.ROW_PER_NODE, 3, 50, 100, TokenIds.EMPTY);
    MerkleTree image = RawRegistration.image(random, header.encode());
    for (float repeat : new float[] {1, 2}) {
      for (int field = RawRequest.TEMPERATURE; field <= RawRequest.WINDOW; field++) {
        for (int edge : RandomRawRequests.edges()) {
          RawRequest raw = new RawRequest();
          raw.prompt = RawRequest.packed(1, 2, 3);
          raw.maxNewTokens = 4;
          raw.sampling[RawRequest.TOP_P] = Float.floatToRawIntBits(1);
          raw.sampling[RawRequest.REPEAT] = Float.floatToRawIntBits(repeat);
          raw.sampling[RawRequest.WINDOW] = repeat == 1 ? 0 : 5;
          raw.sampling[field] = edge;
          addRequest(image, header, raw);
        }
      }
    }
    play("edges", 100, Refusal.REQUEST_OUT_OF_LIMITS);
  }

  @Test
  void outputRoot_randomAnswers_answersAsTheLibrary() throws Exception {
    for (int i = 0; i < 3000; i++) {
      addOutput();
    }
    play("outputs", 500, Refusal.OUTPUT_OUT_OF_LIMITS);
  }

  @Test
  void outputState_randomPaths_answersAsTheLibrary() throws Exception {
    for (int i = 0; i < 2000; i++) {
      addOutputPath();
    }
    play("output paths", 500, Refusal.OUTPUT_NOT_IN_FINAL_ROOT);
  }

  private void play(String what, int least, Refusal... refusals)
      throws IOException, InterruptedException {
    calls.assertSame(what + ", seed " + SEED, least, refusals);
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private void addRegistration() {
    byte[] header = header().encode();
    if (oneIn(4)) {
      spoilHeader(header);
    }
    MerkleTree image = RawRegistration.image(random, header);
    if (oneIn(8)) {
      MemoryRegion[] empty = {MemoryRegion.INPUT, MemoryRegion.OUTPUT, MemoryRegion.STATE};
      image = RawRegistration.withLeaf(random, image, empty[random.nextInt(empty.length)]);
    }
    byte[] sent = header;
    if (oneIn(20)) {
      sent = Arrays.copyOf(header, random.nextInt(MemoryRegion.LEAF_SIZE + 40));
    } else if (oneIn(20)) {
      sent = header().encode();
    }
    RawRegistration raw = new RawRegistration(image, sent);
    if (oneIn(3)) {
      raw.spoilPath(random);
    }
    if (oneIn(20)) {
      raw.programRoot = flipped(raw.programRoot);
    }
    if (oneIn(20)) {
      raw.root = flipped(raw.root);
    }
    byte[] call = Abi.call(REQUIRE_VALID, raw.encoded());
    try {
      Registration registration = raw.toRegistration();
      Commitments.requireValid(registration);
      calls.add(
          call,
          Abi.encode(
              Abi.word(
                  Commitments.modelId(registration.imageRoot(), registration.header()).value()),
              Abi.unsigned(registration.header().formatVersion())));
    } catch (IllegalArgumentException | OpmlException _) {
      calls.add(call, Refusal.INVALID_REGISTRATION);
    }
  }

  private byte[] flipped(byte[] bytes) {
    byte[] other = bytes.clone();
    other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
    return other;
  }

  private GraphHeader header() {
    return new GraphHeader(
        oneIn(2) ? 2 : number(1),
        oneIn(2) ? GraphMode.SINGLE_PHASE : GraphMode.ROW_PER_NODE,
        number(1),
        number(1),
        number(2),
        oneIn(2) ? 0 : Math.min(number(0), GraphHeader.MAX_INPUT_BYTES),
        TokenIds.of(random.ints(random.nextInt(17), 0, number(1)).toArray()));
  }

  private int number(int least) {
    return switch (random.nextInt(4)) {
      case 0 -> least;
      case 1 -> Integer.MAX_VALUE;
      case 2 -> least + random.nextInt(20);
      default -> random.nextInt(least, Integer.MAX_VALUE);
    };
  }

  /** Mostly one field at an edge, or a bit where there should be none. */
  private void spoilHeader(byte[] header) {
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    int field = 4 * random.nextInt(oneIn(3) ? MemoryRegion.LEAF_SIZE / 4 : 8);
    if (oneIn(3)) {
      header[field + random.nextInt(4)] ^= (byte) (1 << random.nextInt(8));
    } else {
      fields.putInt(field, EDGES[random.nextInt(EDGES.length)]);
    }
  }

  private void addRequest(MerkleTree image, GraphHeader header, RawRequest raw) {
    SiblingPath path = image.path(MemoryRegion.INPUT);
    byte[] call =
        Abi.call(
            BEGIN,
            Abi.struct(Abi.word(image.root()), Abi.data(header.encode()), Abi.data(path.encoded())),
            raw.encoded());
    InferenceRequest request;
    try {
      request = raw.toRequest(header);
      request.requireFits(header);
    } catch (IllegalArgumentException | OpmlException _) {
      calls.add(call, Refusal.REQUEST_OUT_OF_LIMITS);
      return;
    }
    if (request.maxNewTokens() > MemoryRegion.OUTPUT.size() / Integer.BYTES - 1) {
      calls.add(call, Refusal.REQUEST_OUT_OF_LIMITS);
      return;
    }
    try {
      long traceLength = request.traceLength(header);
      InputRoot inputRoot = Commitments.inputRoot(request);
      calls.add(
          call,
          Abi.encode(
              Abi.word(inputRoot.value()),
              Abi.word(Commitments.initialRoot(inputRoot, path).value()),
              Abi.unsigned(traceLength),
              Abi.unsigned(header.vocabularySize()),
              Abi.unsigned(header.mode().code())));
    } catch (LimitExceededException _) {
      calls.add(call, Refusal.TRACE_TOO_LONG);
    }
  }

  private void addOutput() {
    int vocabulary = number(1);
    int most = oneIn(8) ? number(1) & 0x3fffff : 1 + random.nextInt(100);
    int count = oneIn(3) ? Math.min(most, 5000) : random.nextInt(Math.min(most, 200) + 2);
    int[] ids = random.ints(count, 0, vocabulary).toArray();
    if (count > 0 && oneIn(4)) {
      int[] edges = {vocabulary, vocabulary - 1, Integer.MIN_VALUE, -1, random.nextInt()};
      ids[random.nextInt(count)] = edges[random.nextInt(edges.length)];
    }
    byte[] packed = RawRequest.packed(ids);
    if (oneIn(10)) {
      packed = Arrays.copyOf(packed, packed.length + random.nextInt(4));
    }
    byte[] call =
        Abi.call(OUTPUT_ROOT, Abi.data(packed), Abi.unsigned(most), Abi.unsigned(vocabulary));
    try {
      TokenIds tokens = TokenIds.decode(packed);
      if (tokens.size() < 1
          || tokens.size() > most
          || tokens.stream().anyMatch(id -> id >= vocabulary)) {
        throw new IllegalArgumentException("out of limits");
      }
      calls.add(call, Abi.encode(Abi.word(Commitments.outputRoot(tokens).value())));
    } catch (IllegalArgumentException _) {
      calls.add(call, Refusal.OUTPUT_OUT_OF_LIMITS);
    }
  }

  private void addOutputPath() {
    TokenIds tokens = TokenIds.of(random.ints(1 + random.nextInt(50), 0, 1000).toArray());
    MerkleTree state =
        RawRegistration.image(random, header().encode())
            .withBytes(MemoryRegion.OUTPUT.base(), InferenceRequest.encodeOutput(tokens));
    if (oneIn(2)) {
      state = RawRegistration.withLeaf(random, state, MemoryRegion.INPUT);
    }
    byte[] path = state.path(MemoryRegion.OUTPUT).encoded();
    if (oneIn(2)) {
      path = RawRegistration.spoiled(random, path, MemoryRegion.OUTPUT.height());
    }
    Bytes32 outputRoot = Commitments.outputRoot(tokens).value();
    byte[] call = Abi.call(OUTPUT_STATE, Abi.word(outputRoot), Abi.data(path));
    try {
      StateRoot root =
          new StateRoot(SiblingPaths.fold(SiblingPath.of(path), MemoryRegion.OUTPUT, outputRoot));
      calls.add(call, Abi.encode(Abi.word(root.value())));
    } catch (InvalidPathException _) {
      calls.add(call, Refusal.OUTPUT_NOT_IN_FINAL_ROOT);
    }
  }
}
