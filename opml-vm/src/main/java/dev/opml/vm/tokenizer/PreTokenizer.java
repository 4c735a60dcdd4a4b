package dev.opml.vm.tokenizer;

import static dev.opml.vm.tokenizer.CharacterKind.LETTER;
import static dev.opml.vm.tokenizer.CharacterKind.MARK;
import static dev.opml.vm.tokenizer.CharacterKind.NUMBER;
import static dev.opml.vm.tokenizer.CharacterKind.PUNCTUATION;

import java.util.List;
import java.util.Optional;

/**
 * The ways to split text into words before byte-pair encoding, by the names that {@code
 * tokenizer.ggml.pre} gives them. Each is one or several splitters, applied one after the other to
 * the pieces of the one before. They split as llama.cpp does, which is not in all details how the
 * models' own tokenizers do.
 *
 * @param names what files call it
 * @param splitters the rules that split, in order
 * @param wholeWords whether a word that is a token is this token, whatever the merges make of it
 * @param addsBegin whether a text starts with the beginning of a sequence, if a file does not say
 * @see <a href="https://github.com/ggml-org/llama.cpp/blob/master/src/unicode.cpp">llama.cpp,
 *     unicode_regex_split</a>
 */
record PreTokenizer(
    List<String> names, List<Splitter> splitters, boolean wholeWords, boolean addsBegin) {
  /** Letters of alphabets with capitals. */
  private static final String CASED =
      "41-5a 61-7a b5 c0-d6 d8-f6 f8-1ba 1bc-1bf 1c4-293 295-2af 370-373 376-377 37b-37d 37f 386"
          + " 388-38a 38c 38e-3a1 3a3-3f5 3f7-481 48a-52f 531-556 10a0-10c5 13a0-13f5 13f8-13fd"
          + " 1c90-1cba 1cbd-1cbf 1d00-1d2b 1d6b-1d77 1d79-1d9a 1e00-1f15 1f18-1f1d 1f20-1f45"
          + " 1f48-1f4d 1f50-1f57 1f59 1f5b 1f5d 1f5f-1f7d 1f80-1fb4 1fb6-1fbc 1fbe 1fc2-1fc4"
          + " 1fc6-1fcc 1fd0-1fd3 1fd6-1fdb 1fe0-1fec 1ff2-1ff4 1ff6-1ffc 2102 2107 210a-2113"
          + " 2115 2119-211d 2124 2126 2128 212a-212d 212f-2134 2139 213c-213f 2145-2149 214e"
          + " 2183-2184 2c00-2c7b 2c7e-2ce4 2ceb-2cee 2cf2-2cf3 a640-a66d a680-a69b a722-a76f"
          + " a771-a787 a78b-a78e ab70-abbf fb00-fb06 fb13-fb17 ff21-ff3a ff41-ff5a 10400-1044f"
          + " 104b0-104d3 104d8-104fb 10c80-10cb2 10cc0-10cf2 118a0-118df 1e900-1e943";

  /** Everything from U+0800 to U+9FA5 and from U+AC00 to U+D7FF but white space. */
  private static final String ASIAN =
      "800-167f 1681-1fff 200b-2027 202a-202e 2030-205e 2060-2fff 3001-9fa5 ac00-d7ff";

  private static final List<PreTokenizer> ALL =
      List.of(
          of(
                  "llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano",
                  ModernWords.ofNumbers(3))
              .withWholeWords()
              .addingBegin(),
          of("dbrx smaug-bpe glm4 chatglm-bpe", ModernWords.ofNumbers(3)),
          of(
              "qwen2 deepseek-r1-qwen kormo f2llmv2 megrez stablelm2 hunyuan solar-open grok-2"
                  + " bailingmoe bailingmoe2 llada-moe",
              ModernWords.ofNumbers(1)),
          of(
              "qwen35",
              new ModernWords(ModernWords.Contracted.FIRST, LETTER | MARK, false, 1, "\r\n")),
          of("seed-coder", new ModernWords(ModernWords.Contracted.FIRST, LETTER, false, 1, "")),
          of("tekken", new ModernWords(ModernWords.Contracted.NEVER, LETTER, true, 1, "\r\n/"))
              .withWholeWords()
              .addingBegin(),
          of(
              "gpt-4o llama4 kanana2 talkie minimax-m2",
              new ModernWords(ModernWords.Contracted.WITH_LETTERS, LETTER, true, 3, "\r\n/")),
          of(
              "gpt-2 phi-2 jina-es jina-de jina-v1-en jina-v2-es jina-v2-de jina-v2-code"
                  + " roberta-bpe gigachat a.x-4.0 mellum modern-bert exaone4 mpt olmo jais"
                  + " trillion granite-docling",
              new Gpt2Words()),
          of(
              "starcoder refact command-r smollm codeshell exaone minerva-7b mellum2",
              Runs.ofOne(CharacterSet.of(NUMBER)),
              new Gpt2Words()),
          of(
              "falcon",
              Runs.ofAny(CharacterSet.of(PUNCTUATION, "24 2b 3c-3e 5e 60 7c 7e")),
              new Gpt2Words(),
              new Runs(CharacterSet.of(0, "30-39"), 3, 3, false)),
          of(
              "default",
              Runs.ofAny(CharacterSet.of(PUNCTUATION, "24 2b 3c-3e 5e 7c 7e")),
              new Gpt2Words(),
              Runs.ofAny(CharacterSet.of(NUMBER)),
              new Runs(CharacterSet.of(0, "30-39"), 3, 3, false)),
          of(
              "deepseek-llm",
              Runs.ofOne(CharacterSet.of(0, "a d")),
              Runs.withSpace(CharacterSet.of(0, CASED)),
              Runs.withSpace(
                  CharacterSet.of(0, "21-2f 3a-7e 2018-201f 3001-3002 ff01-ff0f ff1a-ff5e")),
              new TrailingSpace(),
              Runs.ofAny(CharacterSet.of(0, ASIAN)),
              Runs.ofAny(CharacterSet.of(NUMBER))),
          of(
              "deepseek-coder",
              Runs.ofOne(CharacterSet.of(0, "a d")),
              Runs.withSpace(CharacterSet.of(LETTER)),
              Runs.withSpace(CharacterSet.of(PUNCTUATION)),
              Runs.ofAny(CharacterSet.of(0, ASIAN)),
              Runs.ofOne(CharacterSet.of(NUMBER))),
          of(
              "deepseek-v3 hunyuan-dense joyai-llm hy_v4",
              new Runs(CharacterSet.of(NUMBER), 1, 3, false),
              Runs.ofAny(CharacterSet.of(0, "3040-30ff 4e00-9fa5")),
              new DeepSeekWords()));

  private static PreTokenizer of(String names, Splitter... splitters) {
    return new PreTokenizer(List.of(names.split(" ", -1)), List.of(splitters), false, false);
  }

  private PreTokenizer withWholeWords() {
    return new PreTokenizer(names, splitters, true, addsBegin);
  }

  private PreTokenizer addingBegin() {
    return new PreTokenizer(names, splitters, wholeWords, true);
  }

  /** The one that {@code tokenizer.ggml.pre} calls {@code name}, if there is one. */
  static Optional<PreTokenizer> named(String name) {
    return ALL.stream().filter(each -> each.names.contains(name)).findAny();
  }

  /** All names, those of a way to split beside each other. */
  static List<String> allNames() {
    return ALL.stream().flatMap(each -> each.names.stream()).toList();
  }

  /** The ends of the words of a text, as numbers of characters from its start. */
  int[] split(Characters text) {
    IntList ends = new IntList();
    if (text.size() > 0) {
      ends.add(text.size());
    }
    for (Splitter splitter : splitters) {
      IntList parts = new IntList();
      int from = 0;
      for (int i = 0; i < ends.size(); i++) {
        splitter.split(text, from, ends.get(i), parts);
        from = ends.get(i);
      }
      ends = parts;
    }
    return ends.toArray();
  }
}
