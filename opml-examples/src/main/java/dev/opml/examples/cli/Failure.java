package dev.opml.examples.cli;

import dev.opml.api.OpmlException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An exception as the user sees it.
 *
 * @param status exit status
 * @param line one line that names file, place and reason
 */
record Failure(int status, String line) {
  private static final int MAX_LENGTH = 600;

  /**
   * Turns what a command threw into a status and a line.
   *
   * @param subject file the command works on, named where the exception does not; null if none
   */
  static Failure of(Throwable thrown, @Nullable Path subject) {
    IOException io = ioCause(thrown);
    if (io instanceof FileSystemException && !(thrown instanceof OpmlException)) {
      return refused(reason(io)); // names its own file
    }
    if (io != null) {
      return refused(named(reason(io), subject));
    }
    if (thrown instanceof OpmlException) {
      return refused(named(String.valueOf(thrown.getMessage()), subject));
    }
    return new Failure(
        ExitStatus.INTERNAL,
        Printable.line("internal error: " + thrown + origin(thrown), MAX_LENGTH));
  }

  private static Failure refused(String line) {
    return new Failure(ExitStatus.REFUSED, Printable.line(line, MAX_LENGTH));
  }

  private static @Nullable IOException ioCause(Throwable thrown) {
    if (thrown instanceof IOException io) {
      return io;
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
    return subject == null || message.contains(subject.toString())
        ? message
        : subject + ": " + message;
  }

  private static String origin(Throwable thrown) {
    StackTraceElement[] trace = thrown.getStackTrace();
    return trace.length == 0 ? "" : " at " + trace[0];
  }
}
