package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.OpmlException;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.Salt;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.JournalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentStateTest {
  private static final ArbiterIdentity AT = new ArbiterIdentity(7, Address.named("arbiter"));

  @TempDir private Path folder;

  private AgentState state(String account) throws IOException {
    return new AgentState(folder.resolve("new"), AT, Address.named(account));
  }

  private Path secretFile() throws IOException {
    try (var files = Files.list(folder.resolve("new"))) {
      return files.filter(it -> it.toString().endsWith(".secret")).findFirst().orElseThrow();
    }
  }

  @Test
  void secret_afterARestart_isTheSame() throws IOException {
    Salt secret = state("one").secret();
    assertEquals(secret, state("one").secret());
    assertNotEquals(secret, state("other").secret());
  }

  @Test
  void secret_file_isForItsOwnerOnly() throws IOException {
    Salt _ = state("one").secret();
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(secretFile())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0x12", "no"})
  void secret_thatIsNone_isRefusedAndKept(String text) throws IOException {
    Salt _ = state("one").secret();
    Files.writeString(secretFile(), text);
    assertThrows(OpmlException.class, () -> state("one").secret());
    assertEquals(text, Files.readString(secretFile()));
  }

  @Test
  void journal_thatIsOpen_isRefused() throws IOException {
    AgentState one = state("one");
    try (Journal _ = one.journal();
        Journal _ = state("other").journal()) {
      assertThrows(JournalException.class, one::journal);
    }
  }
}
