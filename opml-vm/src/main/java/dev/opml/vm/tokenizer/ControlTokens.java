package dev.opml.vm.tokenizer;

import dev.opml.api.inference.TokenKind;
import dev.opml.vm.gguf.GgufMetadata;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The tokens that stand for no text, by the ids in a file and, as llama.cpp does, by their names,
 * since files do not tell all of them, or call some of them normal.
 *
 * @param vocabulary the vocabulary with the kinds that the names imply
 * @param begin beginning of a sequence, or -1
 * @param end end of a sequence, or -1
 * @param endOfTurn end of a turn, or -1
 * @param ends all tokens that end a generation, unmodifiable
 * @see <a href="https://github.com/ggml-org/llama.cpp/blob/master/src/llama-vocab.cpp">llama.cpp,
 *     llama_vocab::impl::load</a>
 */
record ControlTokens(
    Vocabulary vocabulary, int begin, int end, int endOfTurn, SortedSet<Integer> ends) {
  private static final int NONE = -1;

  /**
   * A token that a file may name by its id, and that is else found by its text.
   *
   * @param key the entry of the id, without what all have in common
   * @param names texts that it may have, the likeliest first
   * @param ends whether it ends a generation
   */
  private record Role(String key, boolean ends, List<String> names) {
    static Role of(String key, boolean ends, String... names) {
      return new Role(key, ends, List.of(names));
    }
  }

  private static final Role TURN =
      Role.of(
          "eot",
          true,
          "<|eot_id|>",
          "<|im_end|>",
          "<|end|>",
          "<end_of_turn>",
          "<|endoftext|>",
          "<|end_of_text|>",
          "<EOT>",
          "_<EOT>",
          "[EOT]",
          "<｜end▁of▁sentence｜>",
          "<end_of_utterance>");

  private static final List<Role> OTHER_ROLES =
      List.of(
          Role.of("eom", true, "<|eom_id|>"),
          Role.of(
              "fim_pre",
              false,
              "<|fim_prefix|>",
              "<fim-prefix>",
              "<fim_prefix>",
              "<｜fim▁begin｜>",
              "<PRE>",
              "▁<PRE>",
              "<|code_prefix|>",
              "<|prefix|>"),
          Role.of(
              "fim_suf",
              false,
              "<|fim_suffix|>",
              "<fim-suffix>",
              "<fim_suffix>",
              "<｜fim▁hole｜>",
              "<SUF>",
              "▁<SUF>",
              "<|code_suffix|>",
              "<|suffix|>"),
          Role.of(
              "fim_mid",
              false,
              "<|fim_middle|>",
              "<fim-middle>",
              "<fim_middle>",
              "<｜fim▁end｜>",
              "<MID>",
              "▁<MID>",
              "<|code_middle|>",
              "<|middle|>"),
          Role.of("fim_pad", true, "<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"),
          Role.of(
              "fim_rep",
              true,
              "<|fim_repo|>",
              "<|repo_name|>",
              "<fim-repo>",
              "<REPO>",
              "<reponame>"),
          Role.of("fim_sep", true, "<|file_sep|>"));

  /** Texts of tokens that end a generation, whatever the file says. */
  private static final List<String> ENDS =
      List.of(
          "<|eot_id|>",
          "<|im_end|>",
          "<|end|>",
          "<|return|>",
          "<|call|>",
          "<|flush|>",
          "<|calls|>",
          "<end_of_turn>",
          "<|endoftext|>",
          "</s>",
          "<|eom_id|>",
          "<EOT>",
          "_<EOT>",
          "[EOT]",
          "[EOS]",
          "<|end_of_text|>",
          "<end_of_utterance>",
          "<eos>",
          "<turn|>",
          "<|tool_response>",
          "<｜end▁of▁sentence｜>",
          "[e~[");

  /** Texts of the tokens between the channels of gpt-oss, which are text to show. */
  private static final List<String> SHOWN =
      List.of("<|channel|>", "<|message|>", "<|start|>", "<|constrain|>");

  /**
   * Finds the tokens.
   *
   * @param vocabulary the vocabulary with the kinds of the file
   * @param names all its tokens by their texts
   * @param defaultBegin what a file means that has no such entry; -1 for none
   * @param defaultEnd what a file means that has no such entry; -1 for none
   */
  static ControlTokens of(
      GgufMetadata metadata,
      Vocabulary vocabulary,
      TokenTable names,
      int defaultBegin,
      int defaultEnd) {
    var search = new Search(metadata, vocabulary, names);
    int begin = search.byKey("bos", defaultBegin);
    int end = search.byKey("eos", defaultEnd);
    int turn = search.byRole(TURN);
    OTHER_ROLES.forEach(search::byRole);
    ENDS.forEach(search::endNamed);
    search.end(end);
    search.unlessMeantOtherwise();
    return new ControlTokens(
        vocabulary.withKinds(search.kinds),
        begin,
        end,
        turn,
        Collections.unmodifiableSortedSet(search.ends));
  }

  /** The tokens found so far. */
  private static final class Search {
    private final GgufMetadata metadata;
    private final TokenTable names;
    private final TokenKind[] kinds;
    private final SortedSet<Integer> ends = new TreeSet<>();

    Search(GgufMetadata metadata, Vocabulary vocabulary, TokenTable names) {
      this.metadata = metadata;
      this.names = names;
      this.kinds = vocabulary.kinds();
    }

    int byKey(String role, int otherwise) {
      String key = "tokenizer.ggml." + role + "_token_id";
      if (metadata.contains(key)) {
        return metadata.optionalTokenId(key, kinds.length).orElse(NONE);
      }
      return otherwise < kinds.length ? otherwise : NONE;
    }

    int byRole(Role role) {
      int id = byKey(role.key, NONE);
      for (int i = 0; id == NONE && i < role.names.size(); i++) {
        id = names.find(role.names.get(i));
        if (id != NONE) {
          kinds[id] = TokenKind.CONTROL;
        }
      }
      if (role.ends) {
        end(id);
      }
      return id;
    }

    void endNamed(String name) {
      int id = names.find(name);
      if (id != NONE) {
        kinds[id] = TokenKind.CONTROL;
        ends.add(id);
      }
    }

    void end(int id) {
      if (id != NONE) {
        ends.add(id);
      }
    }

    /** Names that mean something else beside certain others. */
    void unlessMeantOtherwise() {
      for (String name : SHOWN) {
        demote(name, TokenKind.USER_DEFINED);
      }
      boolean calls = isEnd("<|call|>") || isEnd("<|calls|>");
      if (calls && (isEnd("<|return|>") || isEnd("<|flush|>")) && isEnd("<|end|>")) {
        demote("<|end|>", TokenKind.USER_DEFINED);
      }
      if (isEnd("<|tool_response>") && isEnd("</s>")) {
        demote("</s>", TokenKind.NORMAL);
      }
    }

    private boolean isEnd(String name) {
      return ends.contains(names.find(name));
    }

    private void demote(String name, TokenKind kind) {
      int id = names.find(name);
      if (id != NONE) {
        kinds[id] = kind;
        ends.remove(id);
      }
    }
  }
}
