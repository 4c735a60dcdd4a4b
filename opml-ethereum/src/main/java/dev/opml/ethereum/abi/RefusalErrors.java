package dev.opml.ethereum.abi;

import dev.opml.dispute.Refusal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The errors with which the contract refuses: one for each refusal, without arguments. */
public final class RefusalErrors {
  private static final Map<Refusal, String> SIGNATURES = new EnumMap<>(Refusal.class);
  private static final Map<Integer, Refusal> BY_SELECTOR = new HashMap<>();

  static {
    for (Refusal refusal : EnumSet.complementOf(EnumSet.of(Refusal.UNEXPLAINED))) {
      String signature = name(refusal) + "()";
      SIGNATURES.put(refusal, signature);
      BY_SELECTOR.put(ByteBuffer.wrap(Signatures.selector(signature)).getInt(), refusal);
    }
  }

  private RefusalErrors() {}

  private static String name(Refusal refusal) {
    if (refusal == Refusal.CLAIM_REFUTED) {
      return "ClaimRefutedElsewhere"; // ClaimRefuted is an event
    }
    return Arrays.stream(refusal.name().split("_", -1))
        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }

  /** The error of each refusal: its name and no arguments. */
  public static Map<Refusal, String> signatures() {
    return Collections.unmodifiableMap(SIGNATURES);
  }

  /**
   * The refusal that a call was reverted with.
   *
   * @param revertData what it returned; empty if it ran out of gas, for example
   * @return empty if it is none
   */
  public static Optional<Refusal> decode(byte[] revertData) {
    if (revertData.length != Signatures.SELECTOR_SIZE) {
      return Optional.empty();
    }
    return Optional.ofNullable(BY_SELECTOR.get(ByteBuffer.wrap(revertData).getInt()));
  }
}
