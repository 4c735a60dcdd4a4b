package dev.opml.benchmarks.twins;

import dev.opml.benchmarks.MatrixProduct;
import dev.opml.benchmarks.Median;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures kernels beside their twins; benchmarks/README.md has an example. */
@Command(
    name = "TwinsCommand",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Loads this engine's kernels twice, the second time with classes that replace some of them, "
            + "multiplies with both in turns, and prints how much longer the first take.")
public final class TwinsCommand implements Callable<Integer> {
  private static final long WARM_UP_NANOS = 4_000_000_000L;

  /** Vectors that are multiplied before the clock is read: fewer take too little time. */
  private static final int VECTORS = 64;

  @Parameters(paramLabel = "CLASSES", description = "Folder of the classes that replace some.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path twins;

  @Option(
      names = "--format",
      split = ",",
      paramLabel = "TYPE",
      description = "Formats of the matrix; default: ${DEFAULT-VALUE}.")
  private List<String> formats = List.of("Q4_0", "Q8_0");

  @Option(names = "--batch", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
  private int batch = 64;

  @Option(names = "--rounds", paramLabel = "R", description = "Default: ${DEFAULT-VALUE}.")
  private int rounds = 40;

  private TwinsCommand() {}

  /** Measures what the arguments describe. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // figures look the same everywhere
    System.exit(new CommandLine(new TwinsCommand()).execute(args));
  }

  @Override
  public Integer call() throws ReflectiveOperationException, MalformedURLException {
    List<Path> own =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .toList();
    List<Path> replaced = Stream.concat(Stream.of(twins), own.stream()).toList();
    System.out.print("| format | vectors | this / twin | 25 % | 75 % |\n|---|--:|--:|--:|--:|\n");
    for (String format : formats) {
      measure(format, load(own, format), load(replaced, format));
    }
    return CommandLine.ExitCode.OK;
  }

  /** A product by kernels of a class loader of its own, so that C2 compiles them by themselves. */
  private Runnable load(List<Path> classPath, String format)
      throws ReflectiveOperationException, MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (Path path : classPath) {
      urls.add(path.toUri().toURL());
    }
    ClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    return (Runnable)
        loader
            .loadClass(MatrixProduct.class.getName())
            .getConstructor(String.class, int.class)
            .newInstance(format, batch);
  }

  private void measure(String format, Runnable first, Runnable second) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < WARM_UP_NANOS) {
      nanoseconds(first);
      nanoseconds(second);
    }
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      boolean inOrder = round % 2 == 0; // each goes first as often as the other
      double one = nanoseconds(inOrder ? first : second);
      double other = nanoseconds(inOrder ? second : first);
      ratios.add(inOrder ? one / other : other / one);
    }
    List<Double> sorted = ratios.stream().sorted().toList();
    System.out.printf(
        "| %s | %d | %.3f | %.3f | %.3f |%n",
        format, batch, Median.of(ratios), sorted.get(rounds / 4), sorted.get(rounds * 3 / 4));
  }

  private long nanoseconds(Runnable product) {
    long start = System.nanoTime();
    for (int i = 0; i < Math.ceilDiv(VECTORS, batch); i++) {
      product.run();
    }
    return System.nanoTime() - start;
  }
}
