package dev.opml.vm.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.OpmlException;
import dev.opml.vm.testing.GgufWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a file holds, it is read to the last byte or refused with a typed error. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GgufMutationTest {
  private static final Path PATH = Path.of("mutated.gguf");

  private final GgufWriter writer =
      new GgufWriter()
          .text("general.architecture", "llama")
          .uint32("general.alignment", 32)
          .uint32("llama.block_count", 2)
          .float32("llama.rope.freq_base", 10000)
          .bool("tokenizer.ggml.add_bos_token", true)
          .texts("tokenizer.ggml.tokens", "<unk>", "▁a", "")
          .floats("tokenizer.ggml.scores", 0, -1, -2)
          .entry("nested", 9, GgufWriter.array(9, GgufWriter.array(7, new byte[] {1})))
          .tensor("a.weight", 8, new byte[68], 32, 2)
          .tensor("b.weight", 0, new byte[32], 2, 2, 2);

  @Test
  void read_everyByteChanged_opensOrIsRefused() {
    byte[] valid = writer.toByteArray();
    assertTrue(opens(valid));
    int opened = 0;
    int refused = 0;
    for (int at = 0; at < writer.header().length; at++) {
      for (int bits : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
        byte[] mutated = valid.clone();
        mutated[at] ^= (byte) bits;
        if (opens(mutated)) {
          opened++;
        } else {
          refused++;
        }
      }
    }
    assertTrue(opened > 500, opened + " opened");
    assertTrue(refused > 500, refused + " refused");
  }

  @Test
  void read_truncatedAnywhere_isRefused() {
    byte[] valid = writer.toByteArray();
    for (int length = 0; length < valid.length; length++) {
      assertFalse(opens(Arrays.copyOf(valid, length)), length + " bytes");
    }
  }

  @Test
  void read_everyFieldMadeExtreme_opensOrIsRefused() {
    byte[] valid = writer.toByteArray();
    int refused = 0;
    for (int at = 0; at + 8 <= writer.header().length; at++) {
      for (long value : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 0xffffffffL, 1L << 31}) {
        byte[] mutated = valid.clone();
        System.arraycopy(GgufWriter.int64(value), 0, mutated, at, 8);
        refused += opens(mutated) ? 0 : 1;
      }
    }
    assertTrue(refused > 500, refused + " refused");
  }

  @Test
  void read_randomChanges_opensOrIsRefused() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] valid = writer.toByteArray();
    for (int round = 0; round < 5000; round++) {
      byte[] mutated = valid.clone();
      for (int change = random.nextInt(1, 5); change > 0; change--) {
        mutated[random.nextInt(8, writer.header().length)] = (byte) random.nextInt(256);
      }
      try {
        opens(mutated);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
  }

  private static boolean opens(byte[] bytes) {
    String described = problem(bytes, bytes.length + 8, GgufPurpose.DESCRIBE);
    String problem = problem(bytes, bytes.length + 8, GgufPurpose.COMPUTE);
    assertEquals(problem, problem(bytes, 8, GgufPurpose.COMPUTE), "with the smallest window");
    assertTrue(described.isEmpty() || !problem.isEmpty(), described);
    return problem.isEmpty();
  }

  /** Reads everything in the file; what is wrong with it, or nothing. */
  private static String problem(byte[] bytes, int windowSize, GgufPurpose purpose) {
    try {
      var cursor = new GgufCursor(PATH, MemorySegment.ofArray(bytes), windowSize);
      GgufContent content = GgufContent.read(cursor, GgufLimits.DEFAULT, purpose);
      content.metadata().asMap().values().forEach(GgufMutationTest::readAll);
      for (GgufTensor tensor : content.tensors().values()) {
        assertTrue(tensor.offset() < bytes.length, tensor.toString());
        if (tensor.sizeKnown()) {
          assertEquals(tensor.rows() * tensor.rowBytes(), tensor.byteSize());
          tensor.data().get(ValueLayout.JAVA_BYTE, tensor.byteSize() - 1);
        } else {
          assertEquals(GgufPurpose.DESCRIBE, purpose, tensor.toString());
          assertEquals(0, tensor.byteSize());
        }
      }
      return "";
    } catch (OpmlException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static void readAll(GgufValue value) {
    if (value instanceof GgufArray array) {
      for (int i = 0; i < array.size(); i++) {
        readElement(array, i);
      }
    } else {
      assertTrue(value.toString() != null);
    }
  }

  private static void readElement(GgufArray array, int index) {
    switch (array) {
      case GgufArray.Ints ints -> ints.get(index);
      case GgufArray.Reals reals -> reals.get(index);
      case GgufArray.Bools bools -> bools.get(index);
      case GgufArray.Texts texts -> texts.get(index);
      case GgufArray.Arrays arrays -> readAll(arrays.elements().get(index));
    }
  }
}
