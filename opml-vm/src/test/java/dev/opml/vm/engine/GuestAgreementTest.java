package dev.opml.vm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.trace.InstructionIndex;
import dev.opml.api.trace.MachineStatus;
import dev.opml.api.trace.NodeIndex;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.graph.Embed;
import dev.opml.vm.graph.Sample;
import dev.opml.vm.image.ProgramImage;
import dev.opml.vm.kernel.choice.KernelChoice;
import dev.opml.vm.machine.Machine;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import dev.opml.vm.testing.TestData;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The native engine against the guest program in the machine: what a node leaves in persistent
 * memory, byte for byte.
 */
class GuestAgreementTest {
  private static final int CONTEXT = 64;
  private static final float NAN = Float.NaN;

  private static GgufFile file;
  private static ProgramImage image;
  private static NativeEngine engine;
  private static int nodes;

  @BeforeAll
  static void open() {
    file = GgufFile.open(TestData.bundledModelQ4());
    image = ProgramImage.build(file, CONTEXT, GraphMode.ROW_PER_NODE, 1, bytes -> {});
    nodes = image.graph().header().nodesPerToken();
    engine = Images.engine(file, image, KernelChoice.fastest(), 1);
  }

  @AfterAll
  static void close() {
    engine.close();
    file.close();
  }

  @Test
  void node_ofAShortInference_leavesWhatTheGuestLeaves() {
    MemorySegment input = Images.region(2, 1, 1, 0.8f, 0, 0.95f, 0, 99, 1, 412);
    RawInput raw = new RawInput(input);
    Session session = engine.newSession(raw);
    RecordingSink sink = new RecordingSink(nodes);
    session.run(session.limit(), sink);
    MerkleTree tree = image.memory().tree().withBytes(MemoryRegion.INPUT.base(), bytes(input));
    for (long node = 0; node < (long) (session.limit() + 1) * nodes; node++) {
      List<MerkleTree> after = new ArrayList<>(List.of(tree));
      sink.replay(node, (address, slots) -> after.add(after.getLast().withBytes(address, slots)));
      Machine machine =
          runGuest(input, session.memoryBefore(node / nodes, (int) (node % nodes)), tree, node);
      tree = after.getLast();
      assertEquals(
          tree.root(),
          machine.memory().tree().subtreeRoot(MemoryRegion.PERSISTENT_DEPTH, 0),
          "after node " + node + ": " + image.graph().rows().get((int) (node % nodes)).operator());
    }
  }

  static List<MemorySegment> oddInputs() {
    return List.of(
        Images.region(0, 5, 0, 0, 0, 1, 0, 0, 1, 2),
        Images.region(CONTEXT + 1, 5, 0, 0, 0, 1, 0, 0, 1, 2),
        Images.region(-1, 5, 0, 0, 0, 1, 0, 0, 1, 2),
        Images.region(1, -1, 7, NAN, -1, NAN, NAN, -1, 1024),
        Images.region(1, 2, 0, -1, -5, 2, 1, 3, -1),
        Images.region(1, 2, 1, 0x1p7f, 1 << 31, 0x1p-149f, 0x1p-149f, 3, Integer.MIN_VALUE));
  }

  @ParameterizedTest
  @MethodSource("oddInputs")
  void inference_ofAnInputThatNoRequestHas_leavesWhatTheGuestLeaves(MemorySegment input) {
    Session session = engine.newSession(new RawInput(input));
    RecordingSink sink = new RecordingSink(nodes);
    session.run(1, sink);
    MerkleTree tree = image.memory().tree();
    int sample = nodes - 1;
    for (int row : new int[] {0, sample}) {
      List<MemoryExtent> before = session.memoryBefore(0, row);
      Machine machine = runGuest(input, before, tree, row);
      Slots expected = Slots.of(before);
      sink.replay(row, (address, bytes) -> expected.write(address, MemorySegment.ofArray(bytes)));
      Embed embed = (Embed) image.graph().rows().getFirst().operation();
      assertSame(expected, machine, embed.out(), 4 * embed.n());
      assertSame(expected, machine, MemoryRegion.OUTPUT.base(), 256);
    }
  }

  @Test
  void sample_ofAnyLogitsAndParameters_drawsWhatTheGuestDraws() {
    Sample row = (Sample) image.graph().rows().getLast().operation();
    for (long seed = 0; seed < 12; seed++) {
      Random random = new Random(seed);
      Sampler sampler = SamplerTest.parameters(random);
      float[] logits = SamplerTest.logits(random, row.n());
      MemorySegment input =
          Images.region(
              1,
              1,
              0,
              sampler.temperature(),
              (int) sampler.topK(),
              sampler.topP(),
              sampler.minP(),
              sampler.seed(),
              1);
      MemoryExtent extent = new MemoryExtent(row.in(), MemorySegment.ofArray(logits));
      Machine machine = runGuest(input, List.of(extent), image.memory().tree(), nodes - 1);
      byte[] output = new byte[8];
      machine.memory().read(MemoryRegion.OUTPUT.base(), output);
      MemorySegment words = MemorySegment.ofArray(output);
      assertEquals(1, words.get(ValueLayout.JAVA_INT_UNALIGNED, 0));
      assertEquals(
          sampler.draw(logits, 0, row.n(), 0),
          words.get(ValueLayout.JAVA_INT_UNALIGNED, 4),
          "seed " + seed + ", " + sampler);
    }
  }

  private static void assertSame(Slots expected, Machine machine, long address, int length) {
    byte[] actual = new byte[length];
    machine.memory().read(address, actual);
    Slots slots = new Slots();
    slots.write(address, MemorySegment.ofArray(actual));
    expected
        .nonZero()
        .forEach((at, slot) -> {
          if (at >= address && at < address + length) {
            assertEquals(slot, slots.nonZero().get(at), "slot at 0x" + Long.toHexString(at));
          }
        });
    slots
        .nonZero()
        .keySet()
        .forEach(at -> assertEquals(expected.nonZero().get(at), slots.nonZero().get(at)));
  }

  private static byte[] bytes(MemorySegment segment) {
    return segment.toArray(ValueLayout.JAVA_BYTE);
  }

  private static Machine runGuest(
      MemorySegment input, List<MemoryExtent> before, MerkleTree tree, long node) {
    List<MemoryExtent> extents = new ArrayList<>(image.memory().extents());
    extents.add(new MemoryExtent(MemoryRegion.INPUT.base(), input));
    extents.addAll(before);
    Machine machine =
        Machine.start(
            MemorySnapshot.of(extents, tree), new NodeIndex(node), GraphMode.ROW_PER_NODE);
    machine.runTo(InstructionIndex.END);
    assertEquals(MachineStatus.HALTED, machine.status());
    return machine;
  }
}
