package dev.opml.benchmarks.sidebyside;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * llama3.java, as it measures itself: one prompt in a JVM that has just started, because its
 * command line offers nothing else. It reads models with a byte-level tokenizer only.
 *
 * @param classPath class path or jar of the program
 * @see <a href="https://github.com/mukel/llama3.java">llama3.java</a>
 */
record Llama3Engine(String classPath) implements Engine {
  /** Tokens that it puts around a prompt. */
  private static final int FRAME = 14;

  private static final Pattern SPEEDS =
      Pattern.compile("prompt: ([0-9.]+) tokens/s \\(\\d+\\) generation: ([0-9.]+) tokens/s");

  @Override
  public String name() {
    return "llama3.java";
  }

  @Override
  public List<String> command(Workload workload) {
    // The calling thread works beside those of the pool.
    int workers = workload.threads() - 1;
    // Each word is one token.
    String prompt = "a ".repeat(Math.max(1, workload.prompt() - FRAME)).strip();
    return List.of(
        ProcessHandle.current().info().command().orElse("java"),
        "--enable-preview",
        "--add-modules=jdk.incubator.vector",
        "-Djava.util.concurrent.ForkJoinPool.common.parallelism=" + workers,
        "-cp",
        classPath,
        "com.llama4j.Llama3",
        "--model",
        workload.model().toString(),
        "--prompt",
        prompt,
        "--max-tokens",
        String.valueOf(workload.prompt() + workload.generated()),
        "--temperature",
        "0",
        "--stream",
        "false");
  }

  @Override
  public Speeds measure(Workload workload) throws IOException, InterruptedException {
    return parse(ChildProcess.outputAndErrors(command(workload)));
  }

  /** Reads the line of figures that it prints at its end. */
  static Speeds parse(String output) throws IOException {
    Matcher matcher = SPEEDS.matcher(output);
    if (!matcher.find()) {
      throw new IOException("no tokens/s in the output of llama3.java:\n" + output);
    }
    return new Speeds(Double.parseDouble(matcher.group(1)), Double.parseDouble(matcher.group(2)));
  }
}
