package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.LimitExceededException;
import dev.opml.api.OpmlException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FailureTest {
  private static final Path MODEL = Path.of("m.gguf");

  @Test
  void of_exceptionWithoutAFile_namesTheSubject() {
    Failure failure = Failure.of(new LimitExceededException("contextLimit", 256, 300), MODEL);
    assertEquals(ExitStatus.REFUSED, failure.status());
    assertEquals("m.gguf: contextLimit: 300 is above the limit of 256", failure.line());
  }

  @Test
  void of_exceptionThatNamesTheFile_namesItOnce() {
    Failure failure = Failure.of(new OpmlException("m.gguf: at byte 4: bad"), MODEL);
    assertEquals("m.gguf: at byte 4: bad", failure.line());
  }

  @Test
  void of_wrappedIoProblem_saysItInWords() {
    Failure failure = Failure.of(new UncheckedIOException(new AccessDeniedException("/x/y")), null);
    assertEquals(ExitStatus.REFUSED, failure.status());
    assertEquals("/x/y: permission denied", failure.line());
  }

  @Test
  void of_fileSystemProblem_givesItsReason() {
    Failure failure = Failure.of(new FileSystemException("f", null, "disk full"), null);
    assertEquals("f: disk full", failure.line());
  }

  @Test
  void of_messageWithLineBreaks_isOneLine() {
    Failure failure = Failure.of(new OpmlException("a\r\nb"), null);
    assertFalse(failure.line().contains("\n"), failure.line());
  }

  @Test
  void of_bug_isAnInternalErrorWithItsPlace() {
    Failure failure = Failure.of(new IllegalStateException("oops"), MODEL);
    assertEquals(ExitStatus.INTERNAL, failure.status());
    assertTrue(failure.line().contains("oops at "), failure.line());
    assertTrue(failure.line().contains("FailureTest"), failure.line());
  }
}
