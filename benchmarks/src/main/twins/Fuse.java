import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes twins of the generated kernels that need not give the same bits everywhere: wherever a
 * rounded product is added to a sum, they use a fused multiply-add. {@code java Fuse.java KERNELS
 * OUT}.
 *
 * <p>Whoever puts the compiled twins before the library on the class path measures what the fixed
 * roundings cost.
 */
final class Fuse {
  /** A sum read from an array or held in a variable, and {@code .add(product)} on it. */
  private static final Pattern SUM =
      Pattern.compile(
          "(FloatVector\\.fromArray\\(FLOATS, sums, [^)]*\\)|\\b[fg]\\d)\\s*"
              + "\\.add\\((.+)\\.mul\\((\\w+|\\(FloatVector\\) \\w+\\.convert\\(I2F, 0\\))\\)\\)");

  /** Does not test: it would refuse the twins. */
  private static final String SELF_TEST =
      """
      package dev.opml.vm.kernel.choice;

      import dev.opml.vm.kernel.Kernels;

      final class SelfTest {
        static Kernels passed(Kernels kernels) {
          return kernels;
        }
      }
      """;

  private Fuse() {}

  public static void main(String[] args) throws IOException {
    Path out = Files.createDirectories(Path.of(args[1]));
    Files.writeString(out.resolve("SelfTest.java"), SELF_TEST);
    for (Path kernel : kernels(Path.of(args[0]))) {
      String fused = SUM.matcher(Files.readString(kernel)).replaceAll("$2.fma($3, $1)");
      Files.writeString(out.resolve(kernel.getFileName()), fused);
    }
  }

  /** The kernels of quantized formats. */
  private static List<Path> kernels(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.getFileName().toString().matches("Q.*Tile\\.java")).toList();
    }
  }
}
