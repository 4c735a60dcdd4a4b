package dev.opml.vm.chat;

import dev.opml.vm.chat.ChatTemplateException.Kind;
import java.util.List;

/**
 * The rest of a rendering's limits. Work is charged before it is done. Not thread-safe: each
 * rendering has its own.
 */
final class Budget {
  /** Memory of an element, in characters: a reference, and a small object. */
  private static final int ELEMENT = 16;

  private static final int CHARACTERS_A_STEP = 64;
  private static final int ELEMENTS_A_STEP = 8;

  private final ChatLimits limits;
  private long steps;
  private long memory;
  private int depth;

  Budget(ChatLimits limits) {
    this.limits = limits;
  }

  void enter() {
    step(1);
    require("maxDepth", ++depth, limits.maxDepth());
  }

  void leave() {
    depth--;
  }

  void step(long count) {
    steps += count;
    require("maxSteps", steps, limits.maxSteps());
  }

  /** Charges for reading a value once. */
  void read(Value value) {
    switch (value) {
      case Value.Text(String text) -> step(text.length() / CHARACTERS_A_STEP);
      case Value.Sequence(List<Value> items, _, _) -> step(items.size() / ELEMENTS_A_STEP);
      case Value.Mapping(var entries, _) -> step(entries.size() / ELEMENTS_A_STEP);
      default -> {}
    }
  }

  /** Charges for a search that may compare every character of both. */
  void search(String text, String wanted) {
    step((long) text.length() * wanted.length() / CHARACTERS_A_STEP);
  }

  /** Charges for a new text. */
  void text(long length) {
    require("maxTextLength", length, limits.maxTextLength());
    allocate(length);
  }

  /** Charges for new elements. */
  void elements(long count) {
    allocate(ELEMENT * count);
  }

  /** Appends to a text that is being made. */
  void append(StringBuilder to, String text) {
    require("maxTextLength", (long) to.length() + text.length(), limits.maxTextLength());
    allocate(text.length());
    to.append(text);
  }

  private void allocate(long characters) {
    memory += characters;
    require("maxMemory", memory, limits.maxMemory());
  }

  /** Refuses a value that holds others more than {@link ChatLimits#maxDepth} deep. */
  void depth(int levels) {
    require("maxDepth", levels, limits.maxDepth());
  }

  static void require(String name, long value, long most) {
    if (value > most) {
      throw new Fault(Kind.LIMIT, "%s is %d, this needs at least %d".formatted(name, most, value));
    }
  }
}
