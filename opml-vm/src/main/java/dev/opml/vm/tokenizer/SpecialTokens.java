package dev.opml.vm.tokenizer;

import dev.opml.api.inference.TokenKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Finds tokens by their names in a text, before anything else is done to it. Like llama.cpp, it
 * takes the longest tokens of the text first, wherever they are; of equally long ones that overlap,
 * the leftmost. A trie over the bytes of the names. Immutable.
 */
final class SpecialTokens {
  private static final int ROOT = 0;
  private static final int NONE = -1;

  /** Child nodes, by {@code node << 8 | byte}. */
  private final Map<Long, Integer> children = new HashMap<>();

  /** Nodes of the names of one byte and prefixes of one byte, or NONE. */
  private final int[] firstNodes = new int[256];

  /** Ids of the tokens that end at a node, by node. */
  private final Map<Integer, Integer> ends = new HashMap<>();

  private final Vocabulary vocabulary;
  private final TokenStrips strips;
  private int nodes = 1;

  /** Takes all tokens of the kinds that are {@code included}. */
  SpecialTokens(Vocabulary vocabulary, Predicate<TokenKind> included, TokenStrips strips) {
    this.vocabulary = vocabulary;
    this.strips = strips;
    Arrays.fill(firstNodes, NONE);
    for (int id = 0; id < vocabulary.size(); id++) {
      if (included.test(vocabulary.kind(id)) && vocabulary.texts().byteLength(id) > 0) {
        add(vocabulary.texts().get(id), id);
      }
    }
  }

  /** Whether tokens of a kind are found by name where control tokens are. */
  static boolean isSpecial(TokenKind kind) {
    return switch (kind) {
      case USER_DEFINED, CONTROL, UNKNOWN -> true;
      case NORMAL, UNUSED, BYTE -> false;
    };
  }

  private void add(byte[] text, int id) {
    int node = ROOT;
    for (byte b : text) {
      Integer child = children.putIfAbsent(edge(node, b), nodes);
      int parent = node;
      node = child == null ? nodes++ : child;
      if (parent == ROOT) {
        firstNodes[b & 0xff] = node;
      }
    }
    ends.put(node, id);
  }

  /**
   * A part of a text: a token or the text between two.
   *
   * @param from start in bytes
   * @param to end in bytes
   * @param id the token, or -1 for text
   */
  record Part(int from, int to, int id) {
    boolean isToken() {
      return id != NONE;
    }
  }

  /** Splits a text into its parts, in order; white space that a token strips is in none. */
  List<Part> split(byte[] text) {
    List<Part> tokens = tokens(text);
    List<Part> parts = new ArrayList<>(2 * tokens.size() + 1);
    int from = 0;
    for (Part token : tokens) {
      if (from < token.from) {
        parts.add(new Part(from, token.from, NONE));
      }
      parts.add(token);
      from = token.to;
    }
    if (from < text.length) {
      parts.add(new Part(from, text.length, NONE));
    }
    return parts;
  }

  /** The tokens of a text in order, each with the white space that it strips. */
  private List<Part> tokens(byte[] text) {
    List<Part> found = new ArrayList<>();
    LongHeap candidates = new LongHeap(0);
    for (int at = 0; at < text.length; at++) {
      if (firstNodes[text[at] & 0xff] != NONE) {
        offer(text, at, text.length, candidates);
      }
    }
    BitSet taken = new BitSet();
    while (!candidates.isEmpty()) {
      long candidate = candidates.remove();
      int at = (int) candidate;
      int end = at + (int) -(candidate >> 32);
      // What was taken before is at least as long, so it overlaps this only at one of its ends.
      if (taken.get(at)) {
        continue;
      }
      if (taken.get(end - 1)) {
        offer(text, at, end - 1, candidates);
        continue;
      }
      int id = longest(text, at, end);
      int from = strips.left(id) ? spaceStart(text, at, taken) : at;
      int to = strips.right(id) ? spaceEnd(text, end, taken) : end;
      taken.set(from, to);
      found.add(new Part(from, to, id));
    }
    found.sort(Comparator.comparingInt(Part::from));
    return found;
  }

  /** Offers the longest token that starts at {@code at} and ends at {@code limit} at most. */
  private void offer(byte[] text, int at, int limit, LongHeap candidates) {
    int id = longest(text, at, limit);
    if (id != NONE) {
      candidates.add(((long) -vocabulary.texts().byteLength(id) << 32) | at);
    }
  }

  private int longest(byte[] text, int from, int to) {
    int longest = NONE;
    int node = from < to ? firstNodes[text[from] & 0xff] : NONE;
    for (int at = from + 1; node != NONE; at++) {
      longest = ends.getOrDefault(node, longest);
      node = at < to ? children.getOrDefault(edge(node, text[at]), NONE) : NONE;
    }
    return longest;
  }

  private static long edge(int node, byte b) {
    return ((long) node << 8) | (b & 0xff);
  }

  private static int spaceStart(byte[] text, int at, BitSet taken) {
    int start = at;
    while (start > 0 && isSpace(text[start - 1]) && !taken.get(start - 1)) {
      start--;
    }
    return start;
  }

  private static int spaceEnd(byte[] text, int at, BitSet taken) {
    int end = at;
    while (end < text.length && isSpace(text[end]) && !taken.get(end)) {
      end++;
    }
    return end;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || (b >= '\t' && b <= '\r');
  }
}
