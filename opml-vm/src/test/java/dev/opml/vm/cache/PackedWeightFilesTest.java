package dev.opml.vm.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.image.GraphMode;
import dev.opml.vm.engine.WeightStore;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.image.ProgramImage;
import dev.opml.vm.testing.TestData;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PackedWeightFilesTest extends SideFileContract {
  private static final int SIZE = 100_000;
  private static final String LAYOUT = "tiles/1";

  private WeightStore store;

  PackedWeightFilesTest() {
    super(PackedWeightFiles.SUFFIX);
  }

  @BeforeEach
  void createStore() {
    store = store(model, CachePolicy.besideModel());
  }

  @Override
  byte[] modelBytes() {
    return new byte[] {1, 2, 3};
  }

  @Override
  boolean computes(Path file, CachePolicy policy) {
    return packs(store(file, policy));
  }

  @Override
  int[] bytesToDamage() {
    return new int[] {0, 8, 15, 16, 24, 56, 60, 4095, 4096, 50_000, 4095 + SIZE};
  }

  /** In a JVM, the others wait. */
  @Override
  int mostComputing(int threads) {
    return 1;
  }

  private static WeightStore store(Path model, CachePolicy policy) {
    return policy
        .file(model, PackedWeightFiles.SUFFIX)
        .<WeightStore>map(file -> new PackedWeightFiles(file, Bytes32.ZERO, 2, 0, () -> {}))
        .orElse(WeightStore.ANONYMOUS);
  }

  /** Whether the packer is called; the bytes must be those of the layout in any case. */
  private static boolean packs(WeightStore store, String layout, long size) {
    AtomicBoolean called = new AtomicBoolean();
    byte[] expected = new byte[Math.toIntExact(size)];
    new Random(layout.hashCode()).nextBytes(expected);
    try (Arena arena = Arena.ofShared()) {
      WeightStore.Packer packer =
          memory -> {
            called.set(true);
            assertEquals(-1, memory.mismatch(MemorySegment.ofArray(new byte[expected.length])));
            assertEquals(0, memory.address() % 64);
            memory.copyFrom(MemorySegment.ofArray(expected));
          };
      MemorySegment packed = store.packed(layout, size, packer, arena);
      assertEquals(-1, packed.mismatch(MemorySegment.ofArray(expected)));
      assertEquals(0, packed.address() % 64);
      assertEquals(packed.isReadOnly(), packed.isMapped());
    }
    return called.get();
  }

  private static boolean packs(WeightStore store) {
    return packs(store, LAYOUT, SIZE);
  }

  private Path makePipe(String name) throws IOException, InterruptedException {
    Path pipe = folder.resolve(name);
    Process process = new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start();
    assumeTrue(process.waitFor() == 0, "mkfifo");
    return pipe;
  }

  @Test
  void packed_secondTime_isMappedAndReadOnly() {
    assertTrue(packs(store));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment packed = store.packed(LAYOUT, SIZE, memory -> fail("packed"), arena);
      assertTrue(packed.isMapped() && packed.isReadOnly());
      assertThrows(IllegalArgumentException.class, () -> packed.fill((byte) 0));
    }
  }

  @Test
  void packed_anonymous_readsAndWritesNothing() throws IOException {
    assertTrue(packs(WeightStore.ANONYMOUS));
    assertEquals(List.of(model), files());
  }

  @Test
  void packed_belowTheThreshold_isAnonymous() throws IOException {
    WeightStore threshold = new PackedWeightFiles(kept, Bytes32.ZERO, 1, SIZE, () -> {});
    assertTrue(packs(threshold, LAYOUT, SIZE - 1));
    assertEquals(List.of(model), files());
    assertTrue(packs(threshold));
    assertFalse(packs(threshold));
  }

  @Test
  void packed_otherLayoutSizeOrModel_isPackedAgainOnce() {
    assertTrue(packs(store));
    assertTrue(packs(store, "tiles/2", SIZE));
    assertFalse(packs(store, "tiles/2", SIZE));
    assertTrue(packs(store, "tiles/2", SIZE + 1));
    WeightStore other = new PackedWeightFiles(kept, new Bytes32(0, 0, 0, 1), 2, 0, () -> {});
    assertTrue(packs(other, "tiles/2", SIZE + 1));
    assertFalse(packs(other, "tiles/2", SIZE + 1));
    assertTrue(packs(store, "tiles/2", SIZE + 1));
  }

  @Test
  void besideModel_modelTouchedOrEdited_isPackedAgainWhereItsRootIsAnother() throws IOException {
    Files.copy(TestData.bundledModel(), model = folder.resolve("real.gguf"));
    assertTrue(packsBesideModel());
    Files.setLastModifiedTime(model, FileTime.fromMillis(1_000_000_000_000L));
    assertFalse(packsBesideModel(), "touched");
    try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
      file.seek(file.length() - 1);
      int old = file.read();
      file.seek(file.length() - 1);
      file.write(old + 1);
    }
    Files.setLastModifiedTime(model, FileTime.fromMillis(1_000_000_000_000L));
    assertTrue(packsBesideModel(), "edited");
    assertFalse(packsBesideModel());
  }

  private boolean packsBesideModel() {
    try (GgufFile file = GgufFile.open(model)) {
      ProgramImage image = ProgramImage.build(file, 0, GraphMode.ROW_PER_NODE, 2, done -> {});
      return packs(
          PackedWeightFiles.of(
              image.file().path(), image.modelRoot(), CachePolicy.besideModel(), 2, () -> {}),
          LAYOUT,
          PackedWeightFiles.MIN_SIZE);
    }
  }

  @Test
  void packed_pipesInThePlace_areReplacedOrLeft() throws Exception {
    makePipe(kept.getFileName().toString());
    Path temporary = makePipe(kept.getFileName() + ".1.tmp");
    assertTrue(packs(store));
    assertFalse(packs(store));
    assertEquals(List.of(model, kept, temporary), files());
  }

  @Test
  void packed_symbolicLinkInThePlace_isFollowedAndReplaced() throws IOException {
    assertTrue(packs(store));
    Path elsewhere = Files.move(kept, folder.resolve("elsewhere"));
    Files.createSymbolicLink(kept, elsewhere);
    assertFalse(packs(store));
    Files.writeString(elsewhere, "something else");
    assertTrue(packs(store));
    assertTrue(Files.isRegularFile(kept, LinkOption.NOFOLLOW_LINKS));
    assertEquals("something else", Files.readString(elsewhere));
  }

  @Test
  void packed_noSpace_isAnonymousAndLeavesNothing() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      // There is no memory for so many bytes either.
      assertThrows(
          OutOfMemoryError.class,
          () -> store.packed(LAYOUT, 1L << 60, memory -> fail("packed"), arena));
    }
    assertEquals(List.of(model), files());
  }

  @Test
  void packed_writingFailsHalfway_isAnonymousAndLeavesNothing() throws Exception {
    // Files end after 5 or 10 KiB, depending on the shell.
    Process limited = startPacking("sh", "-c", "ulimit -f 10; exec \"$@\"", "sh");
    assertEquals(List.of(model), files());
    limited.outputWriter().append("go on\n").flush();
    assertEquals(0, limited.waitFor());
    assertEquals(List.of(model), files());
  }

  @Test
  void packed_packerFails_throwsAndLeavesNothing() throws IOException {
    WeightStore.Packer failing =
        memory -> {
          memory.fill((byte) 1);
          throw new IllegalStateException("broken");
        };
    try (Arena arena = Arena.ofConfined()) {
      assertThrows(IllegalStateException.class, () -> store.packed(LAYOUT, SIZE, failing, arena));
    }
    assertEquals(List.of(model), files());
    assertTrue(packs(store));
  }

  @Test
  void packed_twoProcessesAtOnce_bothSucceed() throws Exception {
    Process other = startPacking();
    assertEquals(2, files().size(), "a temporary file");
    assertTrue(packs(store));
    assertEquals(3, files().size(), "of a writer that lives");
    other.outputWriter().append("go on\n").flush();
    assertEquals(0, other.waitFor());
    assertEquals(List.of(model, kept), files());
    assertFalse(packs(store));
  }

  @Test
  void packed_afterAWriterDied_removesWhatItLeft() throws Exception {
    assertTrue(packs(store, "old", SIZE));
    startPacking().destroyForcibly().waitFor();
    assertEquals(3, files().size());
    assertFalse(packs(store, "old", SIZE));
    assertTrue(packs(store));
    assertEquals(List.of(model, kept), files());
  }

  /**
   * A process that packs and waits before it is done.
   *
   * @param prefix what precedes its command line
   */
  private Process startPacking(String... prefix) throws IOException {
    Path root = TestData.repositoryRoot();
    String classPath =
        Stream.of("vm/target/classes", "vm/target/test-classes", "api/target/classes")
            .map(classes -> root.resolve("opml-" + classes).toString())
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command = new ArrayList<>(List.of(prefix));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:-UsePerfData", "-cp", classPath));
    command.addAll(List.of(PackingProcess.class.getName(), kept.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    assertNotNull(process.inputReader().readLine(), "the process ended before it packed");
    return process;
  }

  /** Packs what {@link #packs} packs. */
  static final class PackingProcess {
    public static void main(String[] args) {
      byte[] bytes = new byte[SIZE];
      new Random(LAYOUT.hashCode()).nextBytes(bytes);
      WeightStore.Packer packer =
          memory -> {
            System.out.println("packing");
            try {
              System.in.read();
            } catch (IOException e) {
              throw new AssertionError(e);
            }
            memory.copyFrom(MemorySegment.ofArray(bytes));
          };
      new PackedWeightFiles(Path.of(args[0]), Bytes32.ZERO, 2, 0, () -> {})
          .packed(LAYOUT, SIZE, packer, Arena.global());
    }
  }
}
