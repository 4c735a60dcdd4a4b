import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes the kernels that differ by format and shape only: {@code java Generate.java TEMPLATES
 * OUT}.
 *
 * <p>C2 keeps vectors in registers within one method, not reliably across calls, so a kernel has to
 * be flat: the loop over the vectors of a register tile is written out. A template is Java with
 * lines of directives:
 *
 * <pre>
 * #for v 0 2        once for v = 0 and v = 1, $v replaced
 * #if min           if the variable is not empty and not 0; "#if h=2", "#if !min"; with #else
 * #end
 * #include name     another template, with the same variables
 * #set v value      gives a variable another value, the rest of the line, from here on
 * </pre>
 *
 * {@code $name} and {@code ${name}} are replaced by the variable's value, again and again until
 * none is left.
 */
final class Generate {
  /** TileFormat.AT_ONCE for templates: $T. */
  private static final String AT_ONCE = "2";

  private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{(\\w+)})");

  private final Path templates;
  private final List<String> formats = new ArrayList<>();

  private Generate(Path templates) {
    this.templates = templates;
  }

  public static void main(String[] args) throws IOException {
    Generate generate = new Generate(Path.of(args[0]));
    Path out = Path.of(args[1]).resolve("dev/opml/vm/kernel/vector");
    Files.createDirectories(out);
    // least: fewest vectors that are not few.
    // Name, columns of a block, bits above the nibble (h), minimum, scales within the block (k).
    generate.quantized(out, "Q4_0", 32, 0, 0, 0);
    generate.quantized(out, "Q4_1", 32, 0, 1, 0);
    generate.quantized(out, "Q5_0", 32, 1, 0, 0);
    generate.quantized(out, "Q5_1", 32, 1, 1, 0);
    generate.quantized(out, "Q4_K", 256, 0, 1, 1);
    generate.quantized(out, "Q5_K", 256, 1, 1, 1);
    generate.quantized(out, "Q6_K", 256, 2, 0, 1);
    generate.format(
        out, "Q8_0", "ByteTile", Map.of("block", "32", "min", "0", "k", "0", "least", "10"));
    generate.format(out, "F32", "DenseTile", Map.of("least", "8"));
    generate.format(out, "F16", "DenseTile", Map.of("least", "2"));
    generate.format(out, "BF16", "DenseTile", Map.of("least", "8"));
    generate.write(out, "TileFormats", "TileFormats", Map.of("cases", generate.cases()));
    generate.write(out, "AttentionKernels", "Attention", Map.of());
  }

  private void quantized(Path out, String format, int block, int h, int min, int k)
      throws IOException {
    Map<String, String> variables = new HashMap<>();
    variables.put("block", String.valueOf(block));
    variables.put("h", String.valueOf(h));
    variables.put("min", String.valueOf(min));
    variables.put("k", String.valueOf(k));
    variables.put("batch", h == 0 ? "PAIRS" : "FLOATS");
    variables.put("turns", h == 0 && k == 0 ? "1" : "0");
    variables.put("least", h == 0 ? "12" : "8");
    // Column c of a line: its nibble, with the bits above it from the line of those.
    String[][] high = {
      {}, {"LSHL, 4", "LSHL, 3", "LSHL, 2", "LSHL, 1"}, {"LSHL, 4", "LSHL, 2", "LSHL, 0", "LSHR, 2"}
    };
    for (int c = 0; c < high[h].length; c++) {
      String nibble = "w$q" + (c == 0 ? "" : ".lanewise(LSHR, " + 4 * c + ")") + ".and(nibble)";
      String shift = high[h][c];
      String bits =
          "high$q" + (shift.endsWith(" 0") ? "" : ".lanewise(" + shift + ")") + ".and(above)";
      variables.put("q" + c, bits + ".or(" + nibble + ")");
    }
    format(out, format, "NibbleTile", variables);
  }

  /** Writes the kernels of a weight format. */
  private void format(Path out, String format, String template, Map<String, String> variables)
      throws IOException {
    Map<String, String> all = new HashMap<>(variables);
    all.put("format", format);
    write(out, format + "Tile", template, all);
    formats.add(format);
  }

  /** Cases of a switch from the types of all formats to their kernels. */
  private String cases() {
    return formats.stream()
        .map(format -> "      case %1$s -> new %1$sTile();".formatted(format))
        .collect(Collectors.joining("\n"));
  }

  private void write(Path out, String name, String template, Map<String, String> variables)
      throws IOException {
    StringBuilder text = new StringBuilder();
    Map<String, String> all = new HashMap<>(variables);
    all.put("T", AT_ONCE);
    expand(lines(template), all, text);
    Files.writeString(out.resolve(name + ".java"), text);
  }

  private List<String> lines(String template) throws IOException {
    return Files.readAllLines(templates.resolve(template + ".template"));
  }

  private void expand(List<String> lines, Map<String, String> variables, StringBuilder out)
      throws IOException {
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      String[] words = line.strip().split("\\s+");
      switch (words[0]) {
        case "#include" -> expand(lines(words[1]), variables, out);
        case "#set" -> variables.put(words[1], line.strip().split("\\s+", 3)[2]);
        case "#for" -> {
          int end = end(lines, i);
          int to = Integer.parseInt(replaced(words[3], variables));
          for (int value = Integer.parseInt(words[2]); value < to; value++) {
            Map<String, String> inner = new HashMap<>(variables);
            inner.put(words[1], String.valueOf(value));
            expand(lines.subList(i + 1, end), inner, out);
          }
          i = end;
        }
        case "#if" -> {
          int end = end(lines, i);
          List<String> then = new ArrayList<>();
          List<String> otherwise = new ArrayList<>();
          split(lines.subList(i + 1, end), then, otherwise);
          expand(holds(words[1], variables) ? then : otherwise, variables, out);
          i = end;
        }
        default -> out.append(replaced(line, variables)).append('\n');
      }
    }
  }

  /** Index of the {@code #end} that belongs to the directive in line {@code start}. */
  private static int end(List<String> lines, int start) {
    int depth = 0;
    for (int i = start; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      depth +=
          line.startsWith("#for ") || line.startsWith("#if ") ? 1 : line.equals("#end") ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new IllegalArgumentException("no #end for: " + lines.get(start));
  }

  private static void split(List<String> lines, List<String> then, List<String> otherwise) {
    List<String> current = then;
    int depth = 0;
    for (String line : lines) {
      String directive = line.strip();
      depth +=
          directive.startsWith("#for ") || directive.startsWith("#if ")
              ? 1
              : directive.equals("#end") ? -1 : 0;
      if (depth == 0 && directive.equals("#else")) {
        current = otherwise;
      } else {
        current.add(line);
      }
    }
  }

  private static boolean holds(String condition, Map<String, String> variables) {
    if (condition.startsWith("!")) {
      return !holds(condition.substring(1), variables);
    }
    String[] sides = condition.split("=");
    String value = variables.getOrDefault(sides[0], "");
    return sides.length == 2 ? value.equals(sides[1]) : !value.isEmpty() && !value.equals("0");
  }

  private static String replaced(String line, Map<String, String> variables) {
    String text = line;
    for (Matcher found = VARIABLE.matcher(text); found.find(); found = VARIABLE.matcher(text)) {
      String name = found.group(1) != null ? found.group(1) : found.group(2);
      String value = variables.get(name);
      if (value == null) {
        throw new IllegalArgumentException("no variable " + name + ": " + line);
      }
      text = text.substring(0, found.start()) + value + text.substring(found.end());
    }
    return text;
  }
}
