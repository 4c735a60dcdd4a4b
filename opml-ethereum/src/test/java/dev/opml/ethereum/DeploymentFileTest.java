package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterParameters;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeploymentFileTest {
  private static final ArbiterParameters STANDARD =
      ArbiterParameters.standard(Set.of(new Bytes32(1, 2, 3, 4), new Bytes32(5, 6, 7, 8)));
  private static final DeployedArbiter DEPLOYED =
      new DeployedArbiter(
          1L << 40,
          Address.named("arbiter"),
          Address.named("machine"),
          Address.named("rules"),
          123_456_789,
          STANDARD);

  @TempDir private Path folder;

  private Path file(String text) throws Exception {
    return Files.writeString(folder.resolve("deployment.json"), text);
  }

  private DeploymentFormatException refusal(String text) throws Exception {
    Path file = file(text);
    DeploymentFormatException refusal =
        assertThrows(DeploymentFormatException.class, () -> DeploymentFile.read(file), text);
    assertEquals(file, refusal.file());
    return refusal;
  }

  @Test
  void read_whatWasWritten_isTheSame() throws Exception {
    assertEquals(DEPLOYED, DeploymentFile.read(file(DeploymentFile.write(DEPLOYED))));
  }

  @Test
  void read_anyFieldMissingOrNullOrOfAnotherType_isRefusedNamingIt() throws Exception {
    JsonNode whole = new ObjectMapper().readTree(DeploymentFile.write(DEPLOYED));
    List<String> fields = new ArrayList<>();
    collect(whole, "", fields);
    assertEquals(36, fields.size(), fields::toString);
    for (String field : fields) {
      int slash = field.lastIndexOf('/');
      String name = field.substring(slash + 1);
      for (String wrong : List.of("", "null", "[[]]", "true", "1.5", "\"x\"")) {
        JsonNode altered = whole.deepCopy();
        ObjectNode parent = (ObjectNode) altered.at(field.substring(0, slash));
        if (wrong.isEmpty()) {
          parent.remove(name);
        } else {
          parent.set(name, new ObjectMapper().readTree(wrong));
        }
        String place = refusal(altered.toString()).place();
        assertEquals(field, place.substring(0, Math.min(field.length(), place.length())), wrong);
      }
    }
  }

  /** Programs are a map, whose keys may be any. */
  private static void collect(JsonNode object, String pointer, List<String> fields) {
    object
        .properties()
        .forEach(field -> {
          String place = pointer + "/" + field.getKey();
          fields.add(place);
          if (!field.getKey().equals("programRoots")) {
            collect(field.getValue(), place, fields);
          }
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"chainId\" :|\"chainId\" : 1, \"chainId\" :|",
        "\"chainId\" :|\"more\" : 1, \"chainId\" :|/more",
        "\"firstBlock\" : 1|\"firstBlock\" : -1|",
        "\"nodes\" : 12|\"nodes\" : 65|/parameters/arity",
        "\"nodes\" : 12|\"nodes\" : \"12\"|/parameters/arity/nodes",
        "\"claimBond\" : \"25|\"claimBond\" : \"-25|/parameters/money/claimBond",
        "\"claimBond\" : \"25|\"claimBond\" : \"|/parameters/money",
      })
  void read_impossible_isRefusedNamingThePlace(String part, String other, String place)
      throws Exception {
    String text = DeploymentFile.write(DEPLOYED).replace(part, other);
    String found = refusal(text).place();
    assertEquals(place == null ? "" : place, found.startsWith("line") ? "" : found);
  }

  @Test
  void read_noJsonObject_isRefused() throws Exception {
    for (String text : List.of("", "[]", "1", "{", "{}x", "null")) {
      refusal(text);
    }
    refusal(" ".repeat(DeploymentFile.MOST_BYTES) + DeploymentFile.write(DEPLOYED));
    Path latin =
        Files.write(folder.resolve("latin"), "{\"ä\":1}".getBytes(StandardCharsets.ISO_8859_1));
    assertThrows(DeploymentFormatException.class, () -> DeploymentFile.read(latin));
    assertThrows(UncheckedIOException.class, () -> DeploymentFile.read(folder.resolve("none")));
  }

  @Test
  void read_keyByMistake_isRefusedWithoutRepeatingIt() throws Exception {
    String key = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    for (String text : new String[] {key, "0x" + key, '"' + key + '"', "{" + key + "}"}) {
      String message = String.valueOf(refusal(text).getMessage());
      assertFalse(message.contains(key.substring(0, 8)), message);
    }
  }

  @Test
  void read_device_isRefused() {
    assertThrows(DeploymentFormatException.class, () -> DeploymentFile.read(Path.of("/dev/zero")));
  }

  @Test
  void readParameters_aFewFields_leavesTheOthers() throws Exception {
    Path file =
        file("{\"windows\":{\"challengeWindow\":30},\"money\":{\"rewards\":{\"end\":\"7\"}}}");
    ArbiterParameters read = DeploymentFile.readParameters(file, STANDARD);
    assertEquals(30, read.windows().challengeWindow());
    assertEquals(STANDARD.windows().sealingWindow(), read.windows().sealingWindow());
    assertEquals(Wei.of(7), read.money().rewards().end());
    assertEquals(STANDARD.money().rewards().move(), read.money().rewards().move());
    assertEquals(STANDARD.programRoots(), read.programRoots());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"window\":{}}|/window",
        "{\"clocks\":{\"seconds\":1}}|''",
        "{\"clocks\":{\"seconds\":\"1\"}}|/clocks/seconds",
        "{\"clocks\":1}|/clocks",
        "[]|''"
      })
  void readParameters_unknownOrImpossible_isRefusedNamingThePlace(String text, String place)
      throws Exception {
    Path file = file(text);
    DeploymentFormatException refusal =
        assertThrows(
            DeploymentFormatException.class, () -> DeploymentFile.readParameters(file, STANDARD));
    assertEquals(place, refusal.place());
  }
}
