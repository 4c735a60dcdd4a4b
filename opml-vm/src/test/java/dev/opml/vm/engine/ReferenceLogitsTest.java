package dev.opml.vm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.TokenIds;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.choice.KernelChoice;
import dev.opml.vm.testing.TestData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Logits after a prompt against hashes made by an independent implementation of docs/numerics.md in
 * C.
 */
class ReferenceLogitsTest {
  private static final String OURS = "data/models/ours/";
  private static final String SMOL_LM2 = "data/models/SmolLM2-135M-Instruct.Q4_1.gguf";
  private static final TokenIds SMOL_LM2_PROMPT = TokenIds.of(504, 8746, 282, 253, 13269, 314);

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "f32,    846672e965fe11d30b65982d8c80fdbe2a6356791986dac1c34ed577d1b75067",
    "f16,    a8876e83239f2cd81c7dfc86119166af03aa73e3b5bdb8b1864c6d877dbeb92f",
    "bf16,   a999463878beb5e84825282b9b6687f2cf4eb25d78e3bf17a9be4aec4eeedf5b",
    "q8_0,   97124271b463c54884227497df9b1a6402adf412ae6b9f9883deaf625c378569",
    "q4_0,   615a6ed65d9e124aad5cae4a7d8716db6774ef246e965087dcdd799c5b74eba6",
    "q4_1,   3595872cda1141ef8e97aa965b7cc4d8b1aead2e77e9fae6b75fb923384647f1",
    "q5_0,   926bb228667d65d661fc128273a9f928a1e3f9d83cc9a984d84556d278b50d3b",
    "q5_1,   cd5169f41a51221bd63786a1c312164a0b4202915124de02d537762e24b6500d",
    "q4_k_m, bb1fe81de20968d1ed3daba1bc78f7d58f3b51ba35ba841b1fe9198e759350c6",
    "q5_k_m, 28aa394fc4c33eb141c139939a4cab92b6a5d337e25eddc6648efb18bc04a3d9",
    "q6_k,   70455d5c2f6263ee63598540006806074fc01388141562a39fc9d34f316067b1"
  })
  void logits_ourModel_haveReferenceHash(String format, String sha256) {
    Path path =
        switch (format) {
          case "q8_0" -> TestData.bundledModel();
          case "q4_0" -> TestData.bundledModelQ4();
          default -> TestData.assumeShared(OURS + "stories-3.7m." + format + ".gguf");
        };
    checkBothKernels(path, TokenIds.of(1, 412, 432, 261, 384), sha256);
  }

  @ParameterizedTest
  @CsvSource("b5cff10684d14f239e83a5efea50b359792ebd34dbb6c31557e1b8afa37e2683")
  void logits_stories260K_haveReferenceHash(String sha256) {
    Path path = TestData.assumeShared("data/models/stories260K.gguf");
    checkBothKernels(path, TokenIds.of(1, 403, 407, 261, 378), sha256);
  }

  /** Another tokenizer, tied embeddings, three query heads a key/value head, Q4_1 and Q8_0. */
  @ParameterizedTest
  @CsvSource("68ca5290fa4dc97f04a9d1b4d3aa64efed76429fa4bc47566e0e9435df488b75")
  void logits_smolLm2_haveReferenceHash(String sha256) {
    checkBothKernels(TestData.assumeShared(SMOL_LM2), SMOL_LM2_PROMPT, sha256);
  }

  @Test
  void run_smolLm2Greedily_generatesReferenceTokens() {
    try (GgufFile file = GgufFile.open(TestData.assumeShared(SMOL_LM2));
        NativeEngine engine = Images.engine(file, KernelChoice.fastest(), 2)) {
      Session session = engine.newSession(RawInput.greedy(SMOL_LM2_PROMPT, 16));
      session.run(session.limit(), null);
      assertEquals(
          TokenIds.of(216, 33, 31, 34, 28, 284, 585, 357, 2874, 8648, 614, 28, 260, 8746, 282, 357),
          session.output());
    }
  }

  private static void checkBothKernels(Path path, TokenIds prompt, String sha256) {
    try (GgufFile file = GgufFile.open(path)) {
      assertEquals(sha256, logits(file, prompt, KernelChoice.scalar()), "scalar");
      assertEquals(
          sha256, logits(file, prompt, KernelChoice.fastest()), KernelChoice.fastest().name());
    }
  }

  private static String logits(GgufFile file, TokenIds prompt, Kernels kernels) {
    try (NativeEngine engine = Images.engine(file, kernels, 1)) {
      Session session = engine.newSession(RawInput.greedy(prompt, 1));
      session.run(prompt.size(), null);
      return sha256(session.logits());
    }
  }

  private static String sha256(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
