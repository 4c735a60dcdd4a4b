package dev.opml.dispute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.TokenIds;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.journal.FileJournal;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import dev.opml.dispute.journal.Outcome;
import dev.opml.dispute.journal.PendingIntent;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text that somebody reads back is the same wherever it is written. */
class LocaleTest {
  private static final Bytes32 TARGET = new Bytes32(-1, 2, 3, 4);

  @TempDir Path folder;

  private final Locale before = Locale.getDefault();

  @BeforeEach
  void useALocaleWithOtherDigits() {
    Locale.setDefault(Locale.forLanguageTag("ar-EG"));
    assertEquals("\u0661\u0662", "%d".formatted(12));
  }

  @AfterEach
  void restore() {
    Locale.setDefault(before);
  }

  @Test
  void journal_inArabic_isTheSameFile() throws IOException {
    Path file = folder.resolve("agent.journal");
    try (FileJournal journal = FileJournal.open(file)) {
      for (IntentKind kind : IntentKind.values()) {
        journal.end(journal.begin(Intent.of(kind, TARGET)), Outcome.FOUND_APPLIED);
      }
      journal.begin(Intent.of(IntentKind.TIME_OUT, TARGET));
    }
    List<String> lines = Files.readAllLines(file);
    String zero = "0x" + "0".repeat(64);
    String target = "0xffffffffffffffff" + "00000000000000020000000000000003" + "0000000000000004";
    assertEquals(
        "{\"sequence\":10,\"begin\":\"TIME_OUT\",\"target\":\"%s\",\"answers\":\"%s\"}"
            .formatted(target, zero),
        lines.getLast().substring(9));
    assertEquals("{\"sequence\":9,\"end\":\"FOUND_APPLIED\"}", lines.get(20).substring(9));
    assertTrue(lines.stream().allMatch(line -> line.matches("[0-9a-f]{8} \\{.*}")));
    try (FileJournal journal = FileJournal.open(file)) {
      assertEquals(
          List.of(new PendingIntent(10, Intent.of(IntentKind.TIME_OUT, TARGET), Optional.empty())),
          journal.pending());
    }
  }

  @Test
  void values_inArabic_haveTheSameText() {
    assertEquals("12 wei", Wei.of(12).toString());
    assertEquals("115792 wei", new Wei(BigInteger.valueOf(115_792)).toString());
    assertEquals(TARGET, Bytes32.fromHex(TARGET.toHex()));
    assertEquals("0x0000000000000000", Bytes32.ZERO.toString().substring(0, 18));
    assertEquals("0x0000000c", new Address(12, 0, 0).toHex().substring(0, 10));
    assertEquals("NodeIndex[value=12]", new NodeIndex(12).toString());
    assertEquals("[1, 23]", TokenIds.of(1, 23).toString());
  }
}
