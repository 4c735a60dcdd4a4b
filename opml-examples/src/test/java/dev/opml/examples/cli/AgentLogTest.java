package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.OpmlException;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.agent.Decline;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgentLogTest {
  private static final Bytes32 ID = new Bytes32(1, 2, 3, 4);
  private static final String TIME = "2026-01-02T03:04:05Z";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private AgentLog log(boolean json) {
    var stream = new PrintStream(out, false, StandardCharsets.UTF_8);
    var terminal = new Terminal(stream, stream, false, false, false);
    Instant now = Instant.parse(TIME).plusNanos(6);
    return new AgentLog(
        terminal,
        json,
        Clock.fixed(now, ZoneOffset.UTC),
        e -> {
          throw e;
        });
  }

  private String written() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void events_forPeople_areALineEach() {
    AgentLog log = log(false);
    log.onAccepted(Intent.of(IntentKind.SEAL, ID));
    log.onVerdict(new ClaimId(ID), new Verification.Holds());
    log.onVerdict(new ClaimId(ID), new Verification.WrongToken(1, 2, 3));
    log.onDeclined(new ClaimId(ID), Decline.BALANCE);
    log.onFailure("it", new OpmlException("a\nb"));
    assertEquals(
        """
        T accepted  ID seal
        T true      ID
        T false     ID token 1 is 3, not 2
        T declined  ID balance
        T failed    it a\\nb
        """
            .replace("T ", TIME + " ")
            .replace("ID", ID.toHex()),
        written());
  }

  /** A round goes on; whoever runs the agent is told that nobody hears of it. */
  @Test
  void events_outputThatCannotBeWritten_areToldOnce() {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new StandardOutputException(new IOException("Broken pipe"));
          }
        };
    var stream = new PrintStream(broken, true, StandardCharsets.UTF_8);
    var terminal = new Terminal(stream, stream, false, false, false);
    List<StandardOutputException> lost = new ArrayList<>();
    AgentLog log = new AgentLog(terminal, true, Clock.systemUTC(), lost::add);
    log.onAccepted(Intent.of(IntentKind.SEAL, ID));
    log.onAccepted(Intent.of(IntentKind.SEAL, ID));
    assertEquals(1, lost.size());
    assertTrue(lost.getFirst().pipeClosed());
  }

  @Test
  void event_forPrograms_isAnObject() {
    log(true).onAccepted(Intent.of(IntentKind.MOVE, ID));
    assertEquals(
        "{\"time\":\"%s\",\"event\":\"accepted\",\"what\":\"%s\",\"more\":\"move\"}\n"
            .formatted(TIME, ID.toHex()),
        written());
  }
}
