package dev.opml.merkle;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.ImageRoot;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.image.Registration;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CommitmentsTest {
  private static final int DEPTH = MemoryRegion.PERSISTENT_DEPTH;
  private static final GraphHeader HEADER =
      new GraphHeader(GraphMode.ROW_PER_NODE, 31, 1024, 256, TokenIds.of(2));
  private static final InferenceRequest REQUEST =
      InferenceRequest.greedy(TokenIds.of(1, 412, 432, 261, 384), 7);

  private static MerkleTree image() {
    Random random = new Random(42);
    byte[] program = new byte[5 * 4096];
    byte[] model = new byte[3 * 4096 + 128];
    random.nextBytes(program);
    random.nextBytes(model);
    return MerkleTree.zero(DEPTH)
        .withBytes(MachineState.ENTRY_POINT, program)
        .withBytes(MemoryRegion.GRAPH.base(), HEADER.encode())
        .withBytes(MemoryRegion.MODEL.base(), model);
  }

  private static SiblingPath path(MerkleTree tree, MemoryRegion region) {
    return tree.path(region);
  }

  private static Bytes32 root(MerkleTree tree, MemoryRegion region) {
    return tree.subtreeRoot(region);
  }

  private static Registration registration(MerkleTree image, GraphHeader header) {
    return new Registration(
        new ImageRoot(image.root()),
        header,
        image.path(0, MemoryRegion.GRAPH.base() / MemoryRegion.LEAF_SIZE),
        root(image, MemoryRegion.PROGRAM),
        path(image, MemoryRegion.PROGRAM),
        path(image, MemoryRegion.INPUT),
        path(image, MemoryRegion.OUTPUT),
        path(image, MemoryRegion.STATE));
  }

  @ParameterizedTest
  @EnumSource(MemoryRegion.class)
  void subtreeIndex_ofEveryRegion_isWhereItsBytesAre(MemoryRegion region) {
    byte[] bytes = new byte[128];
    bytes[0] = 1;
    MerkleTree memory = MerkleTree.zero(MemoryRegion.MEMORY_DEPTH);
    MerkleTree first = MerkleTree.zero(region.height()).withBytes(0, bytes);
    MerkleTree last = MerkleTree.zero(region.height()).withBytes(region.size() - 128, bytes);
    assertEquals(first.root(), root(memory.withBytes(region.base(), bytes), region));
    long end = region.base() + region.size();
    assertEquals(last.root(), root(memory.withBytes(end - 128, bytes), region));
    Bytes32 zero = ZeroSubtrees.root(region.height());
    if (end < 1L << 40) {
      assertEquals(zero, root(memory.withBytes(end, bytes), region));
    }
    if (region.base() > 0) {
      assertEquals(zero, root(memory.withBytes(region.base() - 128, bytes), region));
    }
  }

  @Test
  void modelId_isTheHashOfTheBoundFields() {
    ImageRoot root = new ImageRoot(image().root());
    ByteBuffer bound = ByteBuffer.allocate(80);
    bound.put(root.value().toByteArray());
    bound.putLong(31).putLong(256).putLong(1024).putLong(0).putLong(2).putLong(0);
    assertEquals(
        Bytes32.of(Naive.keccak(bound.array())), Commitments.modelId(root, HEADER).value());
    GraphHeader single = new GraphHeader(GraphMode.SINGLE_PHASE, 31, 1024, 256, TokenIds.of(2));
    assertNotEquals(Commitments.modelId(root, HEADER), Commitments.modelId(root, single));
    GraphHeader later =
        new GraphHeader(3, GraphMode.ROW_PER_NODE, 31, 1024, 256, 0, TokenIds.of(2));
    assertNotEquals(Commitments.modelId(root, HEADER), Commitments.modelId(root, later));
    GraphHeader bytes =
        new GraphHeader(2, GraphMode.ROW_PER_NODE, 31, 1024, 256, 7, TokenIds.of(2));
    assertNotEquals(Commitments.modelId(root, HEADER), Commitments.modelId(root, bytes));
  }

  @Test
  void inputRoot_isThatOfTheRegionInMemory() {
    MerkleTree state = image().withBytes(MemoryRegion.INPUT.base(), REQUEST.encodeInput());
    assertEquals(root(state, MemoryRegion.INPUT), Commitments.inputRoot(REQUEST).value());
  }

  @Test
  void initialRoot_isTheImageWithTheInput() {
    MerkleTree image = image();
    MerkleTree state = image.withBytes(MemoryRegion.INPUT.base(), REQUEST.encodeInput());
    assertEquals(
        new StateRoot(state.root()),
        Commitments.initialRoot(Commitments.inputRoot(REQUEST), path(image, MemoryRegion.INPUT)));
  }

  @Test
  void outputOpens_onlyForTheTokensInTheState() {
    TokenIds tokens = TokenIds.of(5, 6, 7);
    MerkleTree state =
        image().withBytes(MemoryRegion.OUTPUT.base(), InferenceRequest.encodeOutput(tokens));
    SiblingPath path = path(state, MemoryRegion.OUTPUT);
    StateRoot root = new StateRoot(state.root());
    assertEquals(root(state, MemoryRegion.OUTPUT), Commitments.outputRoot(tokens).value());
    assertTrue(Commitments.outputOpens(tokens, path, root));
    assertFalse(Commitments.outputOpens(tokens.with(1, 5), path, root));
    assertFalse(Commitments.outputOpens(tokens.slice(0, 2), path, root));
    assertFalse(Commitments.outputOpens(tokens.concat(TokenIds.of(0)), path, root));
    assertFalse(Commitments.outputOpens(tokens, path(state, MemoryRegion.INPUT), root));
    assertFalse(Commitments.outputOpens(tokens, SiblingPath.of(new byte[7]), root));
    assertFalse(Commitments.outputOpens(tokens, path, new StateRoot(Bytes32.ZERO)));
  }

  @Test
  void outputOpens_noTokens_isTheZeroRegionOfAnImage() {
    MerkleTree image = image();
    assertTrue(
        Commitments.outputOpens(
            TokenIds.EMPTY, path(image, MemoryRegion.OUTPUT), new StateRoot(image.root())));
  }

  @Test
  void requireValid_honestRegistration_passes() {
    assertDoesNotThrow(() -> Commitments.requireValid(registration(image(), HEADER)));
  }

  @Test
  void requireValid_regionThatMustBeZeroIsNot_namesIt() {
    byte[] bytes = new byte[128];
    bytes[127] = 1;
    for (MemoryRegion region :
        new MemoryRegion[] {MemoryRegion.INPUT, MemoryRegion.OUTPUT, MemoryRegion.STATE}) {
      MerkleTree image = image().withBytes(region.base() + region.size() - 128, bytes);
      requireNamed(registration(image, HEADER), region.name().toLowerCase(Locale.ROOT) + " region");
    }
  }

  @Test
  void requireValid_anythingElseWrong_namesIt() {
    MerkleTree image = image();
    Registration good = registration(image, HEADER);
    GraphHeader other = new GraphHeader(GraphMode.ROW_PER_NODE, 31, 1024, 257, TokenIds.of(2));
    requireNamed(registration(image, other), "graph header");
    requireNamed(
        new Registration(
            good.imageRoot(),
            HEADER,
            good.headerPath(),
            Bytes32.ZERO,
            good.programPath(),
            good.inputPath(),
            good.outputPath(),
            good.statePath()),
        "program region");
    SiblingPath broken = SiblingPath.of(new byte[9]);
    requireNamed(
        new Registration(
            good.imageRoot(),
            HEADER,
            good.headerPath(),
            good.programRoot(),
            good.programPath(),
            good.inputPath(),
            broken,
            good.statePath()),
        "output region");
  }

  private static void requireNamed(Registration registration, String name) {
    InvalidPathException e =
        assertThrows(InvalidPathException.class, () -> Commitments.requireValid(registration));
    assertTrue(e.reason().startsWith(name + ":"), e.getMessage());
  }

  @Test
  void firstState_isTheStartOfTheNode() {
    StateRoot pre = new StateRoot(image().root());
    MachineState state = Commitments.firstState(pre, new NodeIndex(1234), GraphMode.ROW_PER_NODE);
    assertEquals(pre.value(), state.lowerRoot());
    assertEquals(ZeroSubtrees.root(32), state.upperRoot());
    assertEquals(0x10000, state.pc());
    assertEquals(0, state.count());
    assertEquals(MachineStatus.RUNNING, state.status());
    for (int register = 1; register <= 31; register++) {
      long expected = register == 2 ? 1L << 40 : register == 10 ? 1234 : 0;
      assertEquals(expected, state.registers().get(register - 1), "x" + register);
    }
  }

  @Test
  void firstState_singlePhase_hasMinusOneAsStep() {
    StateRoot pre = new StateRoot(Bytes32.ZERO);
    assertEquals(
        -1L,
        Commitments.firstState(pre, new NodeIndex(0), GraphMode.SINGLE_PHASE).registers().get(9));
  }
}
