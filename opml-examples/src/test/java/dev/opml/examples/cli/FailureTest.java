package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.LimitExceededException;
import dev.opml.api.OpmlException;
import dev.opml.api.inference.ModelFileChangedException;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.chain.TransactionTimeoutException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FailureTest {
  private static final Path MODEL = Path.of("m.gguf");

  @Test
  void of_exceptionWithoutAFile_namesTheSubject() {
    Failure failure = Failure.of(new LimitExceededException("contextLimit", 256, 300), MODEL);
    assertEquals(ExitStatus.REFUSED, failure.status());
    assertEquals("opml: m.gguf: contextLimit: 300 is above the limit of 256", failure.line());
  }

  @Test
  void of_exceptionThatNamesTheFile_namesItOnce() {
    Failure failure = Failure.of(new OpmlException("m.gguf: at byte 4: bad"), MODEL);
    assertEquals("opml: m.gguf: at byte 4: bad", failure.line());
  }

  @Test
  void of_wrappedIoProblem_saysItInWords() {
    Failure failure = Failure.of(new UncheckedIOException(new AccessDeniedException("/x/y")), null);
    assertEquals(ExitStatus.REFUSED, failure.status());
    assertEquals("opml: /x/y: permission denied", failure.line());
  }

  @Test
  void of_fileSystemProblem_givesItsReason() {
    Failure failure = Failure.of(new FileSystemException("f", null, "disk full"), null);
    assertEquals("opml: f: disk full", failure.line());
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

  @Test
  void of_messageThatOnlyContainsTheFilesName_namesTheFile() {
    Failure failure = Failure.of(new OpmlException("bad magic"), Path.of("m"));
    assertEquals("opml: m: bad magic", failure.line());
  }

  @Test
  void of_closedPipe_isQuietAndEndsAsBySigpipe() {
    var broken = new StandardOutputException(new IOException("Broken pipe"));
    assertEquals(new Failure(141, ""), Failure.of(broken, MODEL));
  }

  @Test
  void of_otherErrorOfStandardOutput_namesItAndNotTheModel() {
    var full = new StandardOutputException(new IOException("No space left on device"));
    assertEquals(
        new Failure(ExitStatus.REFUSED, "opml: standard output: No space left on device"),
        Failure.of(full, MODEL));
  }

  /** An address may have a key in any part of it but the host. */
  @Test
  void of_addressesInMessages_showTheHostOnly() {
    for (String address :
        new String[] {
          "https://user:SECRET@node.example",
          "https://node.example/v3/SECRET",
          "https://node.example?key=SECRET",
          "https://SECRET@node.example:8545/SECRET?x=SECRET#SECRET"
        }) {
      String line = Failure.of(new OpmlException("cannot ask '" + address + "' now"), null).line();
      assertFalse(line.contains("SECRET"), line);
      assertTrue(line.contains("'https://node.example") && line.endsWith("' now"), line);
    }
  }

  @Test
  void report_transactionThatWasNotSeen_tellsItToPeopleAndPrograms() {
    TransactionHash hash = new TransactionHash(new Bytes32(1, 2, 3, 4));
    RequestId id = new RequestId(new Bytes32(5, 6, 7, 8));
    TransactionTimeoutException timeout =
        new TransactionTimeoutException(hash, Duration.ofMinutes(10), null);
    Failure one = Failure.of(timeout, MODEL);
    assertTrue(one.line().contains(hash.toString()), one.line());
    assertEquals(Map.of("transaction", hash.toString()), one.identities());
    Failure request = Failure.of(new UnseenRequestException(id, timeout), MODEL);
    assertTrue(request.line().contains(id.toString()), request.line());
    var out = new ByteArrayOutputStream();
    var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    request.report(
        new Terminal(
            stream,
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
            false,
            false,
            false),
        true);
    String json = out.toString(StandardCharsets.UTF_8);
    assertTrue(json.contains("\"request\":\"" + id + '"'), json);
    assertTrue(json.contains("\"transaction\":\"" + hash + '"'), json);
    assertTrue(json.contains("\"status\":3"), json);
  }

  @Test
  void of_outOfMemory_isAnInternalError() {
    Failure failure = Failure.of(new OutOfMemoryError("Java heap space"), MODEL);
    assertEquals(ExitStatus.INTERNAL, failure.status());
    assertTrue(failure.line().contains("Java heap space"), failure.line());
  }

  @Test
  void of_changedModel_namesTheModelAndNotTheClaim() {
    Failure failure = Failure.of(new ModelFileChangedException(MODEL, null), Path.of("claim.json"));
    assertTrue(failure.line().startsWith("opml: m.gguf or a file beside it"), failure.line());
  }
}
