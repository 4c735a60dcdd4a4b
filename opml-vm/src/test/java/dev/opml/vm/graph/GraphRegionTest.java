package dev.opml.vm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.LimitExceededException;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.architecture.Architectures;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.gguf.WrongMetadataTypeException;
import dev.opml.vm.testing.RandomModel;
import dev.opml.vm.testing.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GraphRegionTest {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  @Test
  void build_bundledModel_hasNineRowsALayerAndFourAround() {
    try (GgufFile file = GgufFile.open(TestData.bundledModel());
        Arena arena = Arena.ofConfined()) {
      GraphRegion graph =
          GraphRegion.build(Architectures.modelOf(file), 0, GraphMode.ROW_PER_NODE, arena);
      assertEquals(4 * 9 + 4, graph.rows().size());
      assertEquals(
          List.of(
              Operator.NORM,
              Operator.HEADS,
              Operator.HEADS,
              Operator.HEADS,
              Operator.ATTENTION,
              Operator.PROJECT,
              Operator.NORM,
              Operator.PROJECT,
              Operator.PROJECT),
          graph.rows().subList(1, 10).stream().map(GraphRow::operator).toList());
      assertEquals(256, graph.header().contextLimit());
      assertEquals(1024, graph.header().vocabularySize());
      assertEquals(
          List.of(-1, 0, 0, 3, 3, -1, -1),
          Stream.of(0, 1, 9, 28, 36, 37, 39).map(graph.table().layers()::get).toList());
    }
  }

  @Test
  void build_bundledModel_writesHeaderTableAndConstants() {
    try (GgufFile file = GgufFile.open(TestData.bundledModel());
        Arena arena = Arena.ofConfined()) {
      GraphRegion graph =
          GraphRegion.build(Architectures.modelOf(file), 0, GraphMode.ROW_PER_NODE, arena);
      byte[] leaf = graph.bytes().asSlice(0, 128).toArray(ValueLayout.JAVA_BYTE);
      assertEquals(graph.header(), GraphHeader.decode(leaf));
      ByteBuffer table = graph.bytes().asByteBuffer();
      table.position(GraphRow.SIZE);
      for (GraphRow row : graph.rows()) {
        assertEquals(row, GraphRow.decode(table));
      }
      Heads query = (Heads) graph.rows().get(2).operation();
      long rope = query.rotary().table() - MemoryRegion.GRAPH.base();
      assertEquals(12288, rope);
      MemorySegment constants = graph.bytes().asSlice(rope);
      assertEquals(1f, constants.get(FLOAT, 0));
      assertEquals(0f, constants.get(FLOAT, 4));
      // Position 1, pair 0 turns by one radian.
      assertEquals((float) StrictMath.cos(1), constants.get(FLOAT, 16 * 8));
      assertEquals((float) StrictMath.sin(1), constants.get(FLOAT, 16 * 8 + 4));
    }
  }

  @Test
  void build_longContext_slicesAttentionOnLeafBoundaries() {
    try (GgufFile file = GgufFile.open(TestData.bundledModel());
        Arena arena = Arena.ofConfined()) {
      GraphRegion graph =
          GraphRegion.build(Architectures.modelOf(file), 60_000, GraphMode.ROW_PER_NODE, arena);
      List<Attention> slices =
          graph.rows().stream()
              .map(GraphRow::operation)
              .filter(Attention.class::isInstance)
              .map(Attention.class::cast)
              .toList();
      assertTrue(slices.size() > 4, "sliced");
      int next = 0;
      for (Attention slice : slices) {
        assertEquals(next % 8, slice.first());
        assertEquals(0, slice.first() * slice.headDim() % 32);
        next += slice.count();
      }
      assertEquals(4 * 8, next);
    }
  }

  @Test
  void build_anyContext_boundsEveryNode() {
    try (GgufFile file = GgufFile.open(TestData.bundledModel());
        Arena arena = Arena.ofConfined()) {
      for (int context : new int[] {2, 512, 60_000, 81_000}) {
        GraphRegion graph =
            GraphRegion.build(Architectures.modelOf(file), context, GraphMode.ROW_PER_NODE, arena);
        for (GraphRow row : graph.rows()) {
          assertTrue(row.operation().instructions(context) <= InstructionBounds.NODE_LIMIT);
        }
      }
    }
  }

  @Test
  void build_singlePhase_refusesMoreThanOneNodeMayTake() {
    try (GgufFile file = GgufFile.open(TestData.bundledModel());
        Arena arena = Arena.ofConfined()) {
      GraphRegion graph =
          GraphRegion.build(Architectures.modelOf(file), 8, GraphMode.SINGLE_PHASE, arena);
      assertEquals(8, graph.header().contextLimit());
      assertThrows(
          LimitExceededException.class,
          () -> GraphRegion.build(Architectures.modelOf(file), 512, GraphMode.SINGLE_PHASE, arena));
    }
  }

  /** A factor without a type is a linear scaling, under either name. */
  @ParameterizedTest
  @ValueSource(strings = {"llama.rope.scaling.factor", "llama.rope.scale_linear"})
  void build_ropeFactorWithoutType_dividesAngles(String key, @TempDir Path folder) {
    RandomModel.Shape shape = new RandomModel.Shape(8, 4, 1, 2, 8, 8, 1);
    Path plain = RandomModel.of(1, shape).write(folder);
    try (GgufFile file = GgufFile.open(plain)) {
      assertEquals(RopeFactors.NONE, rope(file).factors());
    }
    Path scaled = RandomModel.of(1, shape).float32(key, 4).write(folder);
    try (GgufFile file = GgufFile.open(scaled)) {
      int pairs = rope(file).dimension() / 2;
      assertEquals(Collections.nCopies(pairs, 4f), rope(file).factors().usual());
    }
  }

  private static RopeAngles rope(GgufFile file) {
    return Architectures.modelOf(file).rotations().iterator().next();
  }

  /** -1 as the 32 bits of an unsigned number: what converters write for "none". */
  @Test
  void build_stopTokenNone_isNoStopToken(@TempDir Path folder) throws IOException {
    assertEquals(TokenIds.EMPTY, stopTokens(withStopToken(folder, -1)));
    assertEquals(TokenIds.of(1023), stopTokens(withStopToken(folder, 1023)));
    for (int outside : new int[] {1024, Integer.MIN_VALUE, -2}) {
      Path path = withStopToken(folder, outside);
      var e = assertThrows(WrongMetadataTypeException.class, () -> stopTokens(path));
      assertEquals("tokenizer.ggml.eos_token_id", e.key());
    }
  }

  private static TokenIds stopTokens(Path path) {
    try (GgufFile file = GgufFile.open(path);
        Arena arena = Arena.ofConfined()) {
      return GraphRegion.build(Architectures.modelOf(file), 0, GraphMode.ROW_PER_NODE, arena)
          .header()
          .stopTokens();
    }
  }

  /** The bundled model with another end-of-sequence token. */
  private static Path withStopToken(Path folder, int id) throws IOException {
    String latin = Files.readString(TestData.bundledModel(), StandardCharsets.ISO_8859_1);
    String key = "tokenizer.ggml.eos_token_id";
    byte[] bytes = latin.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(latin.indexOf(key) + key.length() + Integer.BYTES, id);
    return Files.write(folder.resolve("stop.gguf"), bytes);
  }

  @Test
  void stateLayout_buffers_areDisjointLeaves() {
    DecoderShape shape = new DecoderShape(64, 8, 4, 8, 172, 513, 128);
    StateLayout layout = StateLayout.of(shape, 5, 512);
    assertEquals(MemoryRegion.STATE.base(), layout.x());
    assertEquals(layout.x() + 256, layout.normed());
    assertEquals(layout.attended() + 256, layout.hidden());
    assertEquals(layout.hidden() + 768, layout.logits());
    assertEquals(0, layout.cache() % (1 << 20));
    assertEquals(128, layout.valueOffset());
    assertEquals(layout.cache() + 512 * 256, layout.cache(1));
  }
}
