package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The start script {@code opml} with what the build has just packaged, in a checkout of its own
 * whose path has blanks. Commands are lines of bash in which {@code $OPML} is the script, {@code
 * $M} a model and {@code $C} a true claim about it.
 */
class StartScriptIT {
  private static final Path MODULE = Path.of("").toAbsolutePath();

  /** For a JVM that ends soon after it has started; opML's remark on slower kernels is dropped. */
  private static final String BRIEF =
      "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.util.logging.config.file=/dev/null ";

  private static final String RUN = "$OPML run \"$M\" Once --threads 1 --max-tokens 3";
  private static final String LONG_RUN =
      "$OPML run \"$M\" Once --engine guest --ignore-stop --context 512 --max-tokens 500";
  private static final String VERIFY = "$OPML verify \"$M\" \"$C\" --threads 1";

  @TempDir private static Path shared;

  private static Path checkout;
  private static Path model;
  private static Path claim;

  @TempDir private Path folder;

  private record Run(int status, String out, String err) {
    Run expect(int expected) {
      assertEquals(expected, status, () -> "stdout: " + out + "\nstderr: " + err);
      return this;
    }
  }

  @BeforeAll
  static void checkOut() throws Exception {
    checkout = shared.resolve("a checkout");
    Path target = checkout.resolve("opml-examples/target");
    Files.createDirectories(target);
    Files.createDirectories(checkout.resolve("opml-examples/src/main"));
    Files.copy(MODULE.resolveSibling("opml"), checkout.resolve("opml"));
    checkout.resolve("opml").toFile().setExecutable(true);
    Files.createFile(checkout.resolve("pom.xml"));
    Files.createFile(checkout.resolve("opml-examples/pom.xml"));
    Files.copy(MODULE.resolve("target/opml-examples.jar"), target.resolve("opml-examples.jar"));
    Path lib = Files.createDirectory(target.resolve("lib"));
    try (var jars = Files.list(MODULE.resolve("target/lib"))) {
      for (Path jar : jars.toList()) {
        Files.copy(jar, lib.resolve(jar.getFileName()));
      }
    }
    Files.createFile(target.resolve("opml.built")); // the newest, so nothing is built
    model =
        Files.copy(
            MODULE.resolve("src/main/resources/dev/opml/examples/stories-3.7m.q8_0.gguf"),
            shared.resolve("modèle.gguf"));
    claim = shared.resolve("claim.json");
    bash(shared, Map.of(), RUN + " --claim \"$C\"").expect(0);
  }

  private static ProcessBuilder builder(Path folder, Map<String, String> environment, String line) {
    var builder = new ProcessBuilder("bash", "-c", line.replace("$OPML", "\"$OPML\""));
    Map<String, String> variables = builder.environment();
    variables.keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    variables.remove("JDK_JAVA_OPTIONS");
    variables.put("OPML_JAVA_OPTIONS", BRIEF);
    variables.put("JAVA_HOME", System.getProperty("java.home"));
    variables.put("OPML", checkout.resolve("opml").toString());
    variables.put("M", model.toString());
    variables.put("C", claim.toString());
    variables.putAll(environment);
    return builder
        .directory(folder.toFile())
        .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile());
  }

  private static Run bash(Path folder, Map<String, String> environment, String line)
      throws Exception {
    return ended(folder, builder(folder, environment, line).start());
  }

  private static Run ended(Path folder, Process process) throws Exception {
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("does not end");
    }
    return new Run(
        process.exitValue(),
        Files.readString(folder.resolve("out")),
        Files.readString(folder.resolve("err")));
  }

  private Run bash(String line) throws Exception {
    return bash(folder, Map.of(), line);
  }

  private Run withJavaOptions(String options, String line) throws Exception {
    return bash(folder, Map.of("OPML_JAVA_OPTIONS", BRIEF + options), line);
  }

  @Test
  void status_ofOpml_isPassedOn() throws Exception {
    assertEquals("", bash(VERIFY).expect(0).err());
    Files.writeString(
        folder.resolve("wrong.json"),
        Files.readString(claim).replace("\"seed\" : \"0", "\"seed\" : \"1"));
    bash("$OPML verify \"$M\" wrong.json").expect(1);
    bash("$OPML verify").expect(2);
    bash("$OPML verify \"$M\" missing.json").expect(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xmx8m",
        "-Xmx9999999g",
        "-XX:NoSuchFlag",
        "-Dopml.status=/nonexistent/pipe",
      })
  void status_ofAJvmThatDecidedNothing_isNeverOpmls(String options) throws Exception {
    withJavaOptions(options, VERIFY).expect(70);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:+CrashOnOutOfMemoryError -XX:-CreateCoredumpOnCrash -XX:ErrorFile=/dev/null"
      })
  void status_outOfMemory_isNeitherAVerdictNorARefusal(String options) throws Exception {
    String line = "truncate -s 200M text; $OPML perplexity \"$M\" text --json";
    Run run = withJavaOptions("-Xmx64m " + options, line).expect(70);
    assertTrue(run.out().contains("\"status\":70}"), run.out());
  }

  @Test
  void status_withoutAddressSpace_isNotOpmls() throws Exception {
    bash("ulimit -v 1000000; " + VERIFY).expect(70);
  }

  @Test
  void json_ofAJvmThatDidNotStart_isAnObject() throws Exception {
    Run run = withJavaOptions("-XX:NoSuchFlag", VERIFY + " --json");
    var json = new CommandRun(run.expect(70).status(), run.out(), run.err()).json();
    assertEquals(70, json.get("status").intValue());
  }

  @Test
  void javaOptions_severalWords_allArrive() throws Exception {
    withJavaOptions("-Xmx1g  -Da=* -Db=2", VERIFY).expect(0);
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 143", "HUP, 143"})
  void status_ofASignal_staysTheSignals(String signal, int status) throws Exception {
    // A shell's background command ignores SIGINT, so this one runs in the foreground.
    Process process = builder(folder, Map.of(), "exec " + LONG_RUN).start();
    while (Files.size(folder.resolve("out")) == 0) {
      assertTrue(process.isAlive());
      Thread.sleep(20);
    }
    new ProcessBuilder("bash", "-c", "kill -" + signal + " " + process.pid()).start().waitFor();
    assertEquals("", ended(folder, process).expect(status).err());
  }

  @Test
  void status_ofManyAtOnce_isEachOnesOwn() throws Exception {
    bash("""
    for i in 1 2 3; do
      $OPML inspect "$M" > /dev/null & good[i]=$!
      $OPML inspect missing 2> /dev/null & bad[i]=$!
    done
    for i in 1 2 3; do
      wait ${good[i]} || exit 11
      wait ${bad[i]}; (($? == 3)) || exit 12
    done\
    """)
        .expect(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"LC_ALL=C", "LC_ALL=tr_TR.UTF-8", "LANG=en_US.ISO-8859-1"})
  void prompt_inAnyLocale_arrivesByteForByte(String locale) throws Exception {
    String line = locale + " $OPML run \"$M\" $'M\\xc3\\xbcller' --max-tokens 1 --json";
    String out = bash(line).expect(0).out();
    assertTrue(out.contains("\"promptIds\":[1,407,198,191,295,277]"), out);
  }

  @Test
  void prompt_thatIsNotUtf8_isAUsageErrorNamingItsNumber() throws Exception {
    Run run = bash("$OPML run \"$M\" $'M\\xfcller' --json").expect(2);
    assertTrue(run.err().contains("argument 3 is not UTF-8"), run.err());
    assertTrue(run.out().startsWith("{\"error\":"), run.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"''", "-- -x", "@x", "--json"})
  void prompt_ofAnyShape_isText(String prompt) throws Exception {
    boolean option = prompt.equals("--json");
    bash("$OPML run --max-tokens 1 \"$M\" " + prompt).expect(option ? 2 : 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"$OPML --help", "$OPML inspect \"$M\" --json", RUN})
  void standardOutput_full_isRefusedInOneLine(String command) throws Exception {
    Run run = bash(command + " > /dev/full").expect(3);
    assertEquals("opml: standard output: No space left on device\n", run.err());
  }

  @Test
  void standardOutput_closedPipe_endsTheRunQuietly() throws Exception {
    Run run = bash(LONG_RUN + " | head -c 1; exit ${PIPESTATUS[0]}");
    assertEquals("", run.expect(141).err());
  }

  @ParameterizedTest
  @CsvSource({
    "<&-, 0",
    ">&-, 3",
    "2>&-, 0",
    "<&- >&- 2>&-, 3",
    "2> /dev/full, 0",
    "2>&1 >&-, 3",
    "> out2 2>&1, 0"
  })
  void standardStreams_closedOrElsewhere_decideNothingElse(String redirections, int status)
      throws Exception {
    bash("$OPML inspect \"$M\" " + redirections).expect(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {" 2> /dev/full", " 2>&-", " 2> >(true)"})
  void error_thatNobodySees_keepsItsStatus(String redirection) throws Exception {
    bash("$OPML inspect missing" + redirection).expect(3);
    withJavaOptions("-XX:NoSuchFlag", VERIFY + redirection).expect(70);
  }

  @Test
  void claim_thatIsTheModel_isAUsageError() throws Exception {
    Files.createLink(folder.resolve("link"), model);
    Run run = bash(RUN + " --claim link").expect(2);
    assertTrue(run.err().contains("--claim would overwrite"), run.err());
  }

  @Test
  void claim_toPipes_isWritten() throws Exception {
    Run run = bash(RUN + " --claim >(cat > claim) --logits >(cat > logits); wait");
    run.expect(0);
    for (String name : List.of("claim", "logits")) {
      for (int i = 0; i < 500 && Files.size(folder.resolve(name)) == 0; i++) {
        Thread.sleep(20); // bash does not wait for these
      }
    }
    assertEquals(3 * 1024 * Float.BYTES, Files.size(folder.resolve("logits")));
  }

  /** As in a terminal: both streams are one, and a person watches. */
  @Test
  void progress_onOneTerminal_neverStandsInTheStory() throws Exception {
    String options = "-Dopml.terminal.err=true -Dopml.cache=" + shared;
    Run run = withJavaOptions(options, "$OPML demo --tokens 2 2>&1");
    assertTrue(run.expect(0).out().contains("%\r"), "no progress: " + run.out());
    String story = shown(run.out());
    assertFalse(story.contains("%"), story);
    assertTrue(story.contains("\nproposer    Once upon a time, there\n"), story);
  }

  /** The text that is left on a terminal: after a carriage return text overwrites the line. */
  private static String shown(String text) {
    StringBuilder all = new StringBuilder();
    for (String line : text.split("(?<=\n)")) {
      StringBuilder shown = new StringBuilder();
      for (String part : line.split("\r")) {
        shown.replace(0, Math.min(part.length(), shown.length()), part);
      }
      all.append(shown);
    }
    return all.toString().replaceAll(" +\n", "\n");
  }
}
