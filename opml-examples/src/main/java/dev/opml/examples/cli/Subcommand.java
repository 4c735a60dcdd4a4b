package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.LimitExceededException;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InvalidSamplingException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What all commands share: help, and results either as text for people or as one JSON object. A
 * command that fails throws, and its exception becomes an exit status and one line.
 */
abstract class Subcommand implements Callable<Integer> {
  private final Terminal terminal;
  private final ProgressLine progress;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON object and nothing else.")
  private boolean json;

  Subcommand(Terminal terminal) {
    this.terminal = terminal;
    this.progress = new ProgressLine(terminal, System::nanoTime);
  }

  @Override
  public final Integer call() throws Exception {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    boolean holds;
    try {
      holds = execute(result);
    } catch (Throwable e) {
      leaveLine();
      throw e;
    } finally {
      progress.clear();
    }
    if (json) {
      terminal.out().println(result);
    }
    return status(holds);
  }

  /** An error does not stand behind half a line of text. */
  private void leaveLine() {
    if (terminal.outInteractive() && progress.inLine()) {
      terminal.err().println();
    }
  }

  /** Exit status of a command that did not fail. */
  int status(boolean holds) {
    return holds ? ExitStatus.HOLDS : ExitStatus.DOES_NOT_HOLD;
  }

  /**
   * Does the work.
   *
   * @param result object to fill with what {@code --json} prints
   * @return whether what was asked holds
   */
  abstract boolean execute(ObjectNode result) throws Exception;

  /** The file that this command works on, for errors that do not name it. */
  @Nullable Path subject() {
    return null;
  }

  boolean json() {
    return json;
  }

  Terminal terminal() {
    return terminal;
  }

  ProgressLine progress() {
    return progress;
  }

  /** A listener that shows progress and nothing else. */
  InferenceListener progressListener() {
    return new InferenceListener() {
      @Override
      public void onProgress(String stage, long done, long total) {
        progress().show(stage, done, total);
      }
    };
  }

  /** Makes a value of what the user typed; what its type refuses is a usage error. */
  <T> T checked(Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException | InvalidSamplingException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  /** As above, for the value of one option, which the error names. */
  <T> T checked(String option, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException | LimitExceededException | InvalidSamplingException e) {
      throw usage(option + ": " + e.getMessage());
    }
  }

  /** Exception for a command line that makes no sense. */
  ParameterException usage(String reason) {
    return new ParameterException(spec.commandLine(), reason);
  }

  /** Prints text for people; under {@code --json} nothing. */
  void say(String text) {
    if (!json) {
      progress.makeRoomFor(text);
      terminal.out().print(text);
    }
  }

  /** Prints a line for people; under {@code --json} nothing. */
  void sayLine(String line) {
    say(line + "\n");
  }
}
