package dev.opml.examples.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The arguments as the JVM decoded them, by the locale, compared with their bytes: a prompt whose
 * bytes are taken as other characters is another prompt.
 */
final class Arguments {
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private Arguments() {}

  /** Tells why this process's arguments are not what was typed in UTF-8, if so. */
  static Optional<String> problem(String... args) {
    if (Arrays.stream(args).allMatch(Arguments::isAscii)) {
      return Optional.empty(); // in every locale
    }
    String encoding = System.getProperty("sun.jnu.encoding", "unknown");
    try {
      return problem(Files.readAllBytes(COMMAND_LINE), encoding, args);
    } catch (IOException e) {
      return Optional.of(
          "an argument is not ASCII, and without %s its bytes are unknown".formatted(COMMAND_LINE));
    }
  }

  /**
   * As above.
   *
   * @param commandLine the process's command line, a zero byte after each argument
   * @param encoding what the JVM took the arguments to be in
   * @param args the last arguments as the JVM decoded them
   */
  static Optional<String> problem(byte[] commandLine, String encoding, String... args) {
    List<byte[]> all = split(commandLine);
    int before = all.size() - args.length;
    for (int i = 0; i < args.length; i++) {
      Optional<String> text = before < 0 ? Optional.of("") : utf8(all.get(before + i));
      if (text.isEmpty()) {
        return Optional.of("argument %d is not UTF-8".formatted(i + 1));
      }
      // Paths are written in that encoding, too.
      boolean other = !isAscii(args[i]) && !encoding.equals("UTF-8");
      if (other || !text.get().equals(args[i])) {
        return Optional.of(
            "argument %d is not read as UTF-8 but as %s: set LC_ALL to C.UTF-8"
                .formatted(i + 1, encoding));
      }
    }
    return Optional.empty();
  }

  private static List<byte[]> split(byte[] commandLine) {
    List<byte[]> all = new ArrayList<>();
    var argument = new ByteArrayOutputStream();
    for (byte b : commandLine) {
      if (b == 0) {
        all.add(argument.toByteArray());
        argument.reset();
      } else {
        argument.write(b);
      }
    }
    return all;
  }

  private static Optional<String> utf8(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }
}
