package dev.opml.benchmarks;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.Tokenizer;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.tokenizer.Tokenizers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Encoding a mebibyte of text by one thread: bytes a microsecond, which is MB/s. The vocabularies
 * are not part of the project; {@code -p vocabulary} names others.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class TokenizerBenchmark {
  private static final int BYTES = 1 << 20;

  private static final String[] ENGLISH = {
    "The harbour was quiet when the last of the fishing boats came in, shortly before seven. ",
    "\"You can't be serious,\" she said; he wasn't, of course, and they'd both known it. ",
    "In 1987, the company's revenue rose by 12.4% to $3,450,000 - its best year so far. ",
    "Nobody could explain why the old clock, which had stopped decades ago, struck again.\n",
    "Temperatures between 15 and 20 degrees are typical, although storms do happen (rarely). ",
    "Her grandfather's notebooks describe the valley's plants, birds and weather in detail.\n\n"
  };

  private static final String[] ASIAN = {
    "今日は天気が良いので、公園を散歩しました。",
    "人工智能正在改变我们的生活方式，",
    "次の電車は何時に出発しますか？",
    "他昨天买了一本关于历史的书。",
    "오늘은 날씨가 좋아서 공원에서 산책했습니다. ",
    "我们需要更多的时间来完成这个项目，但是预算有限。\n"
  };

  /** GGUF file, seen from the root of the repository. */
  @Param({
    "../shared/data/tokenizers/ggml-vocab-llama-bpe.gguf",
    "../shared/data/tokenizers/ggml-vocab-gpt-2.gguf",
    "../shared/data/tokenizers/ggml-vocab-llama-spm.gguf"
  })
  private String vocabulary;

  /** Texts: sentences in random order, random Han characters, or one letter. */
  public enum Text {
    /** English sentences. */
    ENGLISH,
    /** Chinese, Japanese and Korean sentences. */
    CJK,
    /** Random Han characters, none of which repeats often: the worst of CJK. */
    HAN,
    /** One word of a mebibyte. */
    LETTER
  }

  /** Kind of text. */
  @Param private Text text;

  private Tokenizer tokenizer;
  private String encoded;

  /** Opens the vocabulary and makes the text. */
  @Setup
  public void open() {
    try (GgufFile file = GgufFile.open(Path.of(vocabulary))) {
      tokenizer = Tokenizers.of(file);
    }
    Random random = new Random(1);
    StringBuilder builder = new StringBuilder();
    for (int bytes = 0; bytes < BYTES; ) {
      String part =
          switch (text) {
            case ENGLISH -> ENGLISH[random.nextInt(ENGLISH.length)];
            case CJK -> ASIAN[random.nextInt(ASIAN.length)];
            case HAN -> Character.toString(0x4e00 + random.nextInt(0x5000));
            case LETTER -> "a";
          };
      builder.append(part);
      bytes += part.getBytes(StandardCharsets.UTF_8).length;
    }
    encoded = builder.toString();
  }

  /** Encodes the text. */
  @Benchmark
  @OperationsPerInvocation(BYTES)
  public TokenIds encode() {
    return tokenizer.encode(encoded);
  }
}
