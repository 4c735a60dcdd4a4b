package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.OpmlException;
import dev.opml.api.inference.ModelFileChangedException;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.chain.TransactionTimeoutException;
import dev.opml.ethereum.rpc.EthereumRpcException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;

/**
 * An exception as the user sees it.
 *
 * @param status exit status
 * @param line one line that names file, place and reason; empty if there is nobody to tell. Of an
 *     address, which may have a key in it, no more than the host is repeated
 * @param identities of what may have come to be all the same, by name; for programs
 */
record Failure(int status, String line, Map<String, String> identities) {
  private static final int MAX_LENGTH = 600;
  private static final String TRANSACTION = "transaction";

  /** Scheme, user, host and port, and the rest of an address. */
  private static final Pattern ADDRESS =
      Pattern.compile("(https?://)(?:[^/\\s'\"]*@)?([^/?#\\s'\",;:)]*(?::[0-9]+)?)[^\\s'\",;)]*");

  Failure {
    line = ADDRESS.matcher(line).replaceAll("$1$2");
  }

  Failure(int status, String line) {
    this(status, line, Map.of());
  }

  /** A command line that makes no sense. */
  static Failure usage(ParameterException e) {
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    return new Failure(
        ExitStatus.USAGE,
        Printable.line(name + ": " + e.getMessage() + " (see '" + name + " --help')"));
  }

  /**
   * Turns what a command threw into a status and a line.
   *
   * @param subject file the command works on, named where the exception does not; null if none
   */
  static Failure of(Throwable thrown, @Nullable Path subject) {
    if (thrown instanceof StandardOutputException out) {
      return out.pipeClosed()
          ? new Failure(ExitStatus.PIPE_CLOSED, "")
          : refused("standard output: " + out.getMessage());
    }
    if (thrown instanceof UnseenRequestException e) {
      TransactionHash hash = e.timeout().transaction();
      return unseen(
          thrown, Map.of("request", e.request().toString(), TRANSACTION, hash.toString()));
    }
    if (thrown instanceof TransactionTimeoutException e) {
      return unseen(thrown, Map.of(TRANSACTION, e.transaction().toString()));
    }
    IOException io = ioCause(thrown);
    if (io instanceof FileSystemException && !(thrown instanceof OpmlException)) {
      return refused(reason(io)); // names its own file
    }
    if (io != null) {
      return refused(named(reason(io), subject));
    }
    if (thrown instanceof ModelFileChangedException) {
      return refused(String.valueOf(thrown.getMessage())); // names its own file
    }
    if (thrown instanceof OpmlException) {
      return refused(named(String.valueOf(thrown.getMessage()), subject));
    }
    return new Failure(
        ExitStatus.INTERNAL,
        Printable.line("opml: internal error: " + thrown + origin(thrown), MAX_LENGTH));
  }

  private static Failure unseen(Throwable thrown, Map<String, String> identities) {
    Failure failure = refused(String.valueOf(thrown.getMessage()));
    return new Failure(failure.status, failure.line, identities);
  }

  private static Failure refused(String line) {
    return new Failure(ExitStatus.REFUSED, Printable.line("opml: " + line, MAX_LENGTH));
  }

  /** Tells people on standard error and, if {@code json}, programs on standard output. */
  void report(Terminal terminal, boolean json) {
    if (line.isEmpty()) {
      return;
    }
    terminal.err().println(line);
    if (json) {
      try {
        ObjectNode object =
            JsonNodeFactory.instance.objectNode().put("error", line).put("status", status);
        identities.forEach(object::put);
        terminal.out().println(object);
      } catch (StandardOutputException e) {
        // This failure stays the one to report.
      }
    }
  }

  private static @Nullable IOException ioCause(Throwable thrown) {
    if (thrown instanceof IOException io) {
      return io;
    }
    if (thrown instanceof EthereumRpcException) {
      return null; // its own message names the endpoint
    }
    boolean wraps = thrown instanceof OpmlException || thrown instanceof UncheckedIOException;
    return wraps && thrown.getCause() instanceof IOException io ? io : null;
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException f -> f.getFile() + ": no such file";
      case AccessDeniedException f -> f.getFile() + ": permission denied";
      case FileAlreadyExistsException f -> f.getFile() + ": exists already";
      case FileSystemException f when f.getReason() != null -> f.getFile() + ": " + f.getReason();
      default -> {
        String message = e.getMessage();
        yield message == null ? e.getClass().getSimpleName() : message;
      }
    };
  }

  private static String named(String message, @Nullable Path subject) {
    return subject == null || message.startsWith(subject + ": ")
        ? message
        : subject + ": " + message;
  }

  private static String origin(Throwable thrown) {
    StackTraceElement[] trace = thrown.getStackTrace();
    return trace.length == 0 ? "" : " at " + trace[0];
  }
}
