package dev.opml.examples.claim;

import java.nio.charset.StandardCharsets;

/**
 * The text of a claim's ids, for readers. It is no part of the claim: {@code opml verify} refuses a
 * file whose text is not what its ids say.
 *
 * @param prompt text whose encoding the prompt's ids are
 * @param output text that the output adds to the prompt's, as {@code opml run} prints it
 */
public record ClaimText(String prompt, String output) {
  /**
   * Checks that both are Unicode.
   *
   * @throws IllegalArgumentException if one has a surrogate without its pair
   */
  public ClaimText {
    requireUnicode("prompt", prompt);
    requireUnicode("output", output);
  }

  private static void requireUnicode(String name, String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(name + " has a surrogate without its pair");
    }
  }
}
