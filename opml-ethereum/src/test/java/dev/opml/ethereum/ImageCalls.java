package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.dispute.Refusal;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Calls of the image rules, with the answers of this library, to be played in forge. */
final class ImageCalls {
  private record Call(byte[] call, byte[] answer) {}

  private final List<Call> calls = new ArrayList<>();
  private final Map<Refusal, Integer> refused = new EnumMap<>(Refusal.class);
  private int accepted;

  /** A call that is accepted. */
  void add(byte[] call, byte[] answer) {
    calls.add(new Call(call, answer));
    accepted++;
  }

  /** A call that is refused. */
  void add(byte[] call, Refusal refusal) {
    calls.add(new Call(call, Signatures.encode(refusal)));
    refused.merge(refusal, 1, Integer::sum);
  }

  /** Requires that the contract answers the same, to enough calls of each kind. */
  void assertSame(String what, int least, Refusal... refusals)
      throws IOException, InterruptedException {
    String counts = what + ": " + accepted + " accepted, refused " + refused;
    System.out.println(counts);
    assertTrue(accepted >= least, counts);
    for (Refusal refusal : refusals) {
      assertTrue(refused.getOrDefault(refusal, 0) >= least, counts);
    }
    Path folder = Files.createDirectories(Forge.CONTRACTS.resolve("cache"));
    Path file = Files.createTempFile(folder, "image-rules", ".calls");
    try {
      write(file);
      String output =
          Forge.test(
              "ImageRulesReplay",
              Map.of(
                  "IMAGE_RULES_CALLS",
                  file.toString(),
                  "FOUNDRY_GAS_LIMIT",
                  Long.toString(Long.MAX_VALUE)));
      output.lines().filter(line -> line.contains("most gas")).forEach(System.out::println);
    } finally {
      Files.delete(file);
    }
  }

  private void write(Path file) throws IOException {
    try (OutputStream stream = Files.newOutputStream(file);
        DataOutputStream out = new DataOutputStream(stream)) {
      for (Call call : calls) {
        out.writeInt(call.call().length);
        out.write(call.call());
        out.writeInt(call.answer().length);
        out.write(call.answer());
      }
    }
  }
}
