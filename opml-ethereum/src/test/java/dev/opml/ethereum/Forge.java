package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Runs the contracts in forge, which {@code npm ci} in {@code contracts} installs. */
final class Forge {
  /** Folder of the contracts; tests run in the module's. */
  static final Path CONTRACTS = Path.of("contracts").toAbsolutePath();

  private static final Path TOOLS = CONTRACTS.resolve("node_modules").resolve(".bin");

  /** Thousands of transactions. */
  static final String GAS_OF_A_TEST = "1000000000000";

  private Forge() {}

  /**
   * A tool of npm's; skips the test, or fails it if everything is required, where it is missing.
   */
  static Path tool(String name) {
    Path tool = TOOLS.resolve(name);
    if (!Files.isExecutable(tool)) {
      String missing = name + " is missing: npm ci in " + CONTRACTS;
      assertTrue(!"1".equals(System.getenv("OPML_REQUIRE_ALL")), missing);
      Assumptions.abort(missing);
    }
    return tool;
  }

  /**
   * Runs the tests of one contract and requires that all pass.
   *
   * @param contract name of the test contract
   * @param environment variables that the test reads; files must lie below {@link #CONTRACTS}
   * @return forge's output
   */
  static String test(String contract, Map<String, String> environment)
      throws IOException, InterruptedException {
    String output =
        run("forge", environment, "test", "--match-contract", "^" + contract + "$", "-vv");
    assertTrue(output.contains("[PASS]"), output);
    return output;
  }

  /** Lets a test of the contracts read a file, which it finds by an environment variable. */
  static void replay(String contract, String variable, byte[] content)
      throws IOException, InterruptedException {
    Path folder = Files.createDirectories(CONTRACTS.resolve("cache"));
    Path file = Files.createTempFile(folder, contract, ".bin");
    try {
      Files.write(file, content);
      String _ =
          test(contract, Map.of(variable, file.toString(), "FOUNDRY_GAS_LIMIT", GAS_OF_A_TEST));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /**
   * Compiles all contracts.
   *
   * @return what the compiler has written of one
   */
  static Path artefact(String file, String contract) throws IOException, InterruptedException {
    run("forge", Map.of(), "build");
    return CONTRACTS.resolve("out").resolve(file).resolve(contract + ".json");
  }

  /** Runs a tool and requires that it succeeds; returns what it has written. */
  static String run(String tool, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(tool(tool).toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(CONTRACTS.toFile());
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }
}
