package dev.opml.examples.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a command writes.
 *
 * @param out standard output: results only; throws {@link StandardOutputException}
 * @param err standard error: progress and errors; what cannot be written is lost
 * @param outInteractive whether a person watches {@code out}
 * @param errInteractive whether a person watches {@code err}
 * @param colours whether {@code out} shows colours
 */
record Terminal(
    PrintStream out,
    PrintStream err,
    boolean outInteractive,
    boolean errInteractive,
    boolean colours) {

  /** The process's own streams, as UTF-8 whatever the locale says. */
  static Terminal system() {
    // Java looks at input and output together, so the start script says what each stream is.
    boolean console = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    boolean outInteractive = property("opml.terminal.out", console);
    var out = new FileOutputStream(FileDescriptor.out);
    // The script's filter delays standard error: where both are one file, one descriptor keeps
    // their order.
    var err = property("opml.terminal.one", false) ? out : new FileOutputStream(FileDescriptor.err);
    return new Terminal(
        new PrintStream(new StandardOutput(out), false, StandardCharsets.UTF_8),
        new PrintStream(err, false, StandardCharsets.UTF_8),
        outInteractive,
        property("opml.terminal.err", console),
        outInteractive && wantsColours(System.getenv("NO_COLOR"), System.getenv("TERM")));
  }

  private static boolean property(String name, boolean otherwise) {
    String value = System.getProperty(name);
    return value == null ? otherwise : Boolean.parseBoolean(value);
  }

  /**
   * Whether a terminal should be given colours.
   *
   * @see <a href="https://no-color.org">NO_COLOR</a>
   */
  static boolean wantsColours(@Nullable String noColor, @Nullable String term) {
    return (noColor == null || noColor.isEmpty()) && term != null && !term.equals("dumb");
  }

  /** {@code text} in bold, where that can be seen. */
  String bold(String text) {
    return styled("1", text);
  }

  /** {@code text} in a fainter colour, where that can be seen. */
  String faint(String text) {
    return styled("2", text);
  }

  private String styled(String code, String text) {
    return colours ? "\033[" + code + "m" + text + "\033[0m" : text;
  }
}
