package dev.opml.vm.engine;

import dev.opml.api.TokenIds;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A greedy inference in batches of any size. Its digest covers every byte that each node writes,
 * the logits of sampled positions among them, the memory that is left, and the tokens.
 */
final class InferenceBattery {
  private final RawInput input;
  private final int promptLength;
  private final int[] batches;

  /**
   * A battery.
   *
   * @param batches for each pass, the size of the batches in which it runs the inference again
   */
  InferenceBattery(TokenIds prompt, int newTokens, int... batches) {
    input = RawInput.greedy(prompt, newTokens);
    promptLength = prompt.size();
    this.batches = batches;
  }

  int promptLength() {
    return promptLength;
  }

  /**
   * Digest of the inference as generated, the prompt in batches as large as can be. In each pass it
   * runs again in other batches, generated tokens and all.
   *
   * @throws AssertionError if that computes anything else
   */
  String digest(NativeEngine engine, int pass) {
    Session generated = engine.newSession(input);
    int nodes = engine.rows().size();
    String digest = run(generated, nodes, TokenIds.EMPTY, generated.limit());
    if (generated.limit() > 1) {
      int batch = batches[pass];
      String batched = run(engine.newSession(input), nodes, generated.output(), batch);
      if (!batched.equals(digest)) {
        throw new AssertionError("batches of %d: %s, not %s".formatted(batch, batched, digest));
      }
    }
    return digest;
  }

  /** Runs {@code batch} positions together where the tokens that they read are known. */
  private String run(Session session, int nodesPerToken, TokenIds known, int batch) {
    RecordingSink sink = new RecordingSink(nodesPerToken);
    while (!session.finished()) {
      int end = Math.min(session.limit(), session.position() + batch);
      int generated = end - (promptLength - 1);
      if (session.output().size() < Math.min(generated, known.size())) {
        session.verify(known.slice(0, generated), sink);
      } else {
        session.run(end, sink);
      }
    }
    return digest(session, sink);
  }

  private static String digest(Session session, RecordingSink sink) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      sink.digest(digest);
      Slots.of(session.memory()).digest(digest);
      digest.update(session.output().toString().getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
