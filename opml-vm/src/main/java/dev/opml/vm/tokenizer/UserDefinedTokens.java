package dev.opml.vm.tokenizer;

import java.util.HashMap;
import java.util.Map;

/** Finds user-defined tokens in text: a trie over their bytes. */
final class UserDefinedTokens {
  private static final int ROOT = 0;

  /** Child nodes, by {@code node << 8 | byte}. */
  private final Map<Long, Integer> children = new HashMap<>();

  /** Ids of the tokens that end at a node, by node. */
  private final Map<Integer, Integer> ends = new HashMap<>();

  private int nodes = 1;

  UserDefinedTokens(Vocabulary vocabulary) {
    for (int id = 0; id < vocabulary.size(); id++) {
      byte[] text = vocabulary.text(id);
      if (vocabulary.type(id) == TokenType.USER_DEFINED && text.length > 0) {
        add(text, id);
      }
    }
  }

  private void add(byte[] text, int id) {
    int node = ROOT;
    for (byte b : text) {
      Integer child = children.putIfAbsent(edge(node, b), nodes);
      node = child == null ? nodes++ : child;
    }
    ends.put(node, id);
  }

  boolean isEmpty() {
    return ends.isEmpty();
  }

  /** The longest token that {@code text} has at {@code from}, or -1. */
  int longestAt(byte[] text, int from) {
    int longest = -1;
    int node = ROOT;
    for (int i = from; i < text.length; i++) {
      Integer child = children.get(edge(node, text[i]));
      if (child == null) {
        break;
      }
      node = child;
      longest = ends.getOrDefault(node, longest);
    }
    return longest;
  }

  private static long edge(int node, byte b) {
    return (long) node << 8 | (b & 0xff);
  }
}
