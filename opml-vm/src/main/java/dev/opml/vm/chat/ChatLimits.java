package dev.opml.vm.chat;

/**
 * Bounds of what a template may ask of its interpreter. Time and heap use are bounded by these
 * limits alone, whatever a template says. Going beyond one is a {@link ChatTemplateException} that
 * names it.
 *
 * @param maxTemplateLength longest template, in UTF-16 code units
 * @param maxDepth deepest nesting of statements, expressions, macro calls and values
 * @param maxSteps most steps of one rendering; a step evaluates one node, or reads 64 characters or
 *     8 elements
 * @param maxTextLength longest text, the result included, in UTF-16 code units
 * @param maxMemory most that one rendering may create, in UTF-16 code units; an element of a list
 *     or a variable counts as 16
 */
public record ChatLimits(
    int maxTemplateLength, int maxDepth, int maxSteps, int maxTextLength, int maxMemory) {
  /** Several times what published templates need for a conversation of a megabyte. */
  public static final ChatLimits DEFAULT =
      new ChatLimits(1 << 18, 300, 20_000_000, 1 << 24, 1 << 26);

  /** Deepest nesting that can be allowed: an interpreter is recursive. */
  private static final int DEEPEST = 500;

  /** Refuses limits that are not positive, and a depth above 500. */
  public ChatLimits {
    requirePositive("maxTemplateLength", maxTemplateLength);
    requirePositive("maxDepth", maxDepth);
    requirePositive("maxSteps", maxSteps);
    requirePositive("maxTextLength", maxTextLength);
    requirePositive("maxMemory", maxMemory);
    if (maxDepth > DEEPEST) {
      throw new IllegalArgumentException("maxDepth must be at most 500, got " + maxDepth);
    }
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, got " + value);
    }
  }
}
