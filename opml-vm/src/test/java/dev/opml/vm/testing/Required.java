package dev.opml.vm.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Assumptions;

/** What a test needs of the machine that it runs on. */
public final class Required {
  private Required() {}

  /** Skips the calling test if something is missing, or fails it where nothing may be. */
  public static void assume(boolean present, String missing) {
    if ("1".equals(System.getenv("OPML_REQUIRE_ALL"))) {
      assertTrue(present, missing);
    }
    Assumptions.assumeTrue(present, missing);
  }

  /** Skips the calling test if the processor lacks something: nobody can install it. */
  public static void assumeProcessor(boolean present, String missing) {
    Assumptions.assumeTrue(present, missing);
  }

  /**
   * As {@link #assume}, for a command.
   *
   * @param versionOption an option that makes the command print its version
   * @param expected a part of what it prints
   */
  public static void assumeCommand(String command, String versionOption, String expected) {
    assume(
        output(command, versionOption).contains(expected),
        "no " + command + " on the path that says '" + expected + "'");
  }

  private static String output(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? text : "";
    } catch (IOException e) {
      return ""; // no such program
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
