package dev.opml.examples.claim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.ByteVector;
import dev.opml.api.Bytes32;
import dev.opml.api.LimitExceededException;
import dev.opml.api.ModelId;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Choices;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Penalties;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimFileTest {
  @TempDir private Path folder;

  private static ClaimFile sample() {
    var penalties = new Penalties(1.1f, 0.25f, -0.5f, 64);
    var sampling = new SamplingParameters(0.8f, 40, 0.95f, 0.05f, -1L, penalties);
    var choices = Choices.of(List.of(TokenIds.of(5, 0, Integer.MAX_VALUE), TokenIds.of(7)));
    var request =
        new InferenceRequest(
            TokenIds.of(1, 412, 432), 3, sampling, StopPolicy.STOP_TOKENS, choices);
    return new ClaimFile(
        512,
        new Claim(
            new ModelId(new Bytes32(1, 2, 3, -4)),
            request,
            TokenIds.of(5, 0, Integer.MAX_VALUE),
            new StateRoot(new Bytes32(-1, 0, 7, 8))),
        new ClaimText("a \"ß\" \n", " 𝄞\u0000"));
  }

  private static ClaimFile withText(String prompt, String output) {
    return new ClaimFile(512, sample().claim(), new ClaimText(prompt, output));
  }

  private ClaimFile readText(String text) throws IOException {
    return ClaimFile.read(Files.writeString(folder.resolve("claim.json"), text));
  }

  private ClaimFormatException refused(String text) {
    return assertThrows(ClaimFormatException.class, () -> readText(text), text);
  }

  @Test
  void read_whatWasWritten_isTheSame() throws IOException {
    assertEquals(sample(), readText(sample().toJson()));
  }

  /** A claim about a network on bytes. */
  private static ClaimFile classified() {
    var request = InferenceRequest.classify(ByteVector.of((byte) 0, (byte) -1, (byte) 16));
    Claim claim = sample().claim();
    return new ClaimFile(
        2, new Claim(claim.modelId(), request, TokenIds.of(7), claim.finalRoot()), null);
  }

  @Test
  void read_claimAboutBytes_isTheSame() throws IOException {
    String text = classified().toJson();
    assertTrue(text.contains("\"promptBytes\" : \"0x00ff10\""), text);
    assertEquals(classified(), readText(text));
  }

  @Test
  void claimFile_textBesideBytes_cannotBeMade() {
    Claim claim = classified().claim();
    ClaimText text = new ClaimText("a", "b");
    assertThrows(IllegalArgumentException.class, () -> new ClaimFile(2, claim, text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"0x00ff10\" | \"0x\" | /request/promptBytes",
        "\"0x00ff10\" | \"0x00ff1\" | /request/promptBytes",
        "\"0x00ff10\" | \"0x00FF10\" | /request/promptBytes",
        "\"0x00ff10\" | \"00ff10\" | /request/promptBytes",
        "\"0x00ff10\" | [ 0, 255, 16 ] | /request/promptBytes",
        "\"0x00ff10\" | \"0x00ff10\", \"promptIds\" : [ 1 ] | /request/promptIds",
        "\"maxNewTokens\" : 1 | \"maxNewTokens\" : 2 | /request",
        "\"version\" : 3 | \"version\" : 2 | /request/promptBytes",
        "\"version\" | \"text\" : { \"prompt\" : \"\", \"output\" : \"\" }, \"version\" | /text",
      })
  void read_fieldOfAClaimAboutBytes_isRefusedNamingItsPlace(String from, String to, String place) {
    String text = classified().toJson();
    assertTrue(text.contains(from), text);
    assertEquals(place, refused(text.replace(from, to)).place());
  }

  @Test
  void read_withoutText_hasNone() throws IOException {
    ClaimFile file = new ClaimFile(512, sample().claim(), null);
    assertEquals(file, readText(file.toJson()));
  }

  /** A claim without choices and penalties as an older version wrote it. */
  private static String older(int version, @Nullable ClaimText text) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = (ObjectNode) json.readTree(plain(text).toJson());
    root.put("version", version);
    ObjectNode request = (ObjectNode) root.get("request");
    request.remove("choices");
    ((ObjectNode) request.get("sampling")).remove("penalties");
    return json.writeValueAsString(root);
  }

  private static ClaimFile plain(@Nullable ClaimText text) {
    Claim claim = sample().claim();
    InferenceRequest request = claim.request();
    SamplingParameters sampling = new SamplingParameters(0.8f, 40, 0.95f, 0.05f, -1L);
    return new ClaimFile(
        512,
        new Claim(
            claim.modelId(),
            new InferenceRequest(
                request.prompt(), request.maxNewTokens(), sampling, request.stopPolicy()),
            claim.output(),
            claim.finalRoot()),
        text);
  }

  @Test
  void read_olderVersions_areTheSameClaim() throws IOException {
    assertEquals(plain(null), readText(older(1, null)));
    ClaimText text = new ClaimText("a", "b");
    assertEquals(plain(text), readText(older(2, text)));
  }

  @Test
  void read_fieldsThatAnOlderVersionLacks_areRefused() throws IOException {
    assertEquals("/text", refused(older(1, new ClaimText("a", "b"))).place());
    String current = plain(null).toJson();
    for (int version = 1; version < ClaimFile.VERSION; version++) {
      String text = current.replace("\"version\" : 3", "\"version\" : " + version);
      assertEquals("/request/choices", refused(text).place());
    }
  }

  @Test
  void read_longText_isTheSame() throws IOException {
    ClaimFile file = withText("x".repeat(1 << 20), "\u0001".repeat(1 << 18));
    assertEquals(file, readText(file.toJson()));
  }

  @Test
  void toJson_textBeyondTheLimit_leavesItOut() throws IOException {
    ClaimFile file = withText("", "ß".repeat(ClaimFile.MAX_BYTES / 2));
    assertEquals(new ClaimFile(512, file.claim(), null), readText(file.toJson()));
  }

  @Test
  void toJson_idsBeyondTheLimit_isRefusedByItsLimit() {
    Claim claim = sample().claim();
    TokenIds many = TokenIds.of(new int[ClaimFile.MAX_BYTES / 2]);
    var file =
        new ClaimFile(
            512, new Claim(claim.modelId(), claim.request(), many, claim.finalRoot()), null);
    assertThrows(LimitExceededException.class, file::toJson);
  }

  @Test
  void claimText_loneSurrogate_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new ClaimText("", "\ud800"));
    assertThrows(IllegalArgumentException.class, () -> new ClaimText("\udc00\ud800", ""));
  }

  @Test
  void read_randomSampling_isTheSameToTheBit() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Claim claim = sample().claim();
    for (int i = 0; i < 300; i++) {
      var sampling =
          new SamplingParameters(
              0.01f + 100 * random.nextFloat(),
              random.nextInt(1000),
              1 - random.nextFloat(),
              random.nextFloat(),
              random.nextLong());
      var request = new InferenceRequest(claim.request().prompt(), 1, sampling, StopPolicy.NEVER);
      var file =
          new ClaimFile(
              2, new Claim(claim.modelId(), request, TokenIds.EMPTY, claim.finalRoot()), null);
      assertEquals(file, readText(file.toJson()), "seed " + seed);
    }
  }

  /** No byte is without meaning: a change is refused, or read as another claim. */
  @Test
  void read_oneByteChanged_neverPassesForTheSameClaim() throws IOException {
    byte[] text = sample().toJson().getBytes(StandardCharsets.UTF_8);
    String blank = " \t\r\n";
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int accepted = 0;
    for (int i = 0; i < text.length; i++) {
      byte[] changed = text.clone();
      changed[i] ^= (byte) (1 << random.nextInt(8));
      boolean harmless = blank.indexOf(changed[i]) >= 0 && blank.indexOf(text[i]) >= 0;
      Path path = Files.write(folder.resolve("claim.json"), changed);
      try {
        ClaimFile read = ClaimFile.read(path);
        accepted++;
        if (!harmless) {
          assertNotEquals(sample(), read, "seed " + seed + ", byte " + i);
        }
      } catch (ClaimFormatException e) {
        assertTrue(e.getMessage().contains("claim.json"), e.getMessage());
      }
    }
    assertTrue(accepted > 0, "no change gave another valid claim, seed " + seed);
  }

  @Test
  void read_truncated_isRefused() throws IOException {
    byte[] text = sample().toJson().strip().getBytes(StandardCharsets.UTF_8);
    Path path = folder.resolve("claim.json");
    for (int length = 0; length < text.length; length++) {
      Files.write(path, Arrays.copyOf(text, length));
      assertThrows(ClaimFormatException.class, () -> ClaimFile.read(path), "length " + length);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"version\" : 3 | \"version\" : 4 | /version",
        "\"version\" : 3 | \"version\" : 0 | /version",
        "\"version\" : 3 | \"version\" : \"3\" | /version",
        "\"version\" : 3 | \"version\" : 3, \"extra\" : 0 | /extra",
        "\"text\" : { | \"text\" : null, \"x\" : { | /x",
        "\"text\" : { | \"text\" : { \"x\" : 1, | /text/x",
        "\"prompt\" :  | \"prompts\" : | /text/prompts",
        "\" 𝄞 | 7, \"x\" : \" | /text/x",
        "\" 𝄞 | \"\\ud834 | /text",
        "\" 𝄞 | \"\\udd1e\\ud834 | /text",
        "\"contextLimit\" : 512 | \"contextLimit\" : 1 | /contextLimit",
        "\"contextLimit\" : 512 | \"contextLimit\" : 512.0 | /contextLimit",
        "\"contextLimit\" : 512 | \"contextLimit\" : 4294967808 | /contextLimit",
        "\"maxNewTokens\" : 3 | \"maxNewTokens\" : 0 | /request/maxNewTokens",
        "\"maxNewTokens\" : 3, | '' | /request/maxNewTokens",
        "\"STOP_TOKENS\" | \"stop_tokens\" | /request/stopPolicy",
        "\"topP\" : 0.95 | \"topP\" : 1.5 | /request/sampling",
        "\"topP\" : 0.95 | \"topP\" : 1e40 | /request/sampling",
        "\"minP\" : 0.05 | \"minP\" : -0.0 | /request/sampling/minP",
        "\"minP\" : 0.05 | \"minP\" : -0e3 | /request/sampling/minP",
        "\"minP\" : 0.05 | \"minP\" : -1e-60 | /request/sampling",
        "\"topK\" : 40 | \"topK\" : -0 | /request/sampling/topK",
        "\"presence\" : 0.25 | \"presence\" : -0.00 | /request/sampling/penalties/presence",
        "\"presence\" : 0.25 | \"presence\" : -1e-60 | /request/sampling/penalties",
        "\"topP\" : 0.95 | \"topP\" : \"1\" | /request/sampling/topP",
        "\"18446744073709551615\" | \"18446744073709551616\" | /request/sampling/seed",
        "\"18446744073709551615\" | \"-1\" | /request/sampling/seed",
        "\"18446744073709551615\" | 7 | /request/sampling/seed",
        "[ 1, 412, 432 ] | [ ] | /request/promptIds",
        "[ 1, 412, 432 ] | [ 1, -412, 432 ] | /request/promptIds/1",
        "[ 1, 412, 432 ] | [ 1, [ 412 ], 432 ] | /request/promptIds/1",
        "[ 1, 412, 432 ] | 1 | /request/promptIds",
        "\"window\" : 64 | \"window\" : 0 | /request/sampling/penalties",
        "\"window\" : 64 | \"window\" : 4294967297 | /request/sampling/penalties/window",
        "\"repeat\" : 1.1 | \"repeat\" : \"1\" | /request/sampling/penalties/repeat",
        "\"presence\" : 0.25, | '' | /request/sampling/penalties/presence",
        "[ [ 5, 0, 2147483647 ], [ 7 ] ] | [ [ 7 ], [ 7 ] ] | /request/choices",
        "[ [ 5, 0, 2147483647 ], [ 7 ] ] | [ [ 7 ], [ ] ] | /request/choices",
        "[ [ 5, 0, 2147483647 ], [ 7 ] ] | [ [ 7 ], 8 ] | /request/choices/1",
        "[ [ 5, 0, 2147483647 ], [ 7 ] ] | [ [ 7, -1 ] ] | /request/choices/0/1",
        "[ [ 5, 0, 2147483647 ], [ 7 ] ] | 7 | /request/choices",
        "\"maxNewTokens\" : 3 | \"maxNewTokens\" : 2 | /request/choices",
        "\"maxNewTokens\" : 3 | \"maxNewTokens\" : 4 | /request/choices",
        "\"finalRoot\" : \"0x | \"finalRoot\" : \"0X | /finalRoot",
        "\"finalRoot\" : \"0x | \"finalRoot\" : \"0xff | /finalRoot",
      })
  void read_fieldOutOfRange_isRefusedNamingItsPlace(String from, String to, String place) {
    String text = sample().toJson();
    assertTrue(text.contains(from), text);
    assertEquals(place, refused(text.replace(from, to)).place());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"version\":1,\"version\":1}",
        "{} {}",
        "{\"version\":01}",
        "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}",
        "{\"version\":NaN}",
        "\ufeff{}"
      })
  void read_otherText_isRefused(String text) {
    refused(text);
  }

  @Test
  void read_duplicateField_isRefused() {
    String text = sample().toJson();
    refused(text.replace("\"version\" : 3", "\"version\" : 3, \"version\" : 3"));
    refused(text.replace("\"text\" : {", "\"text\" : {\"prompt\" : \"\","));
    refused(text.replace("\"text\" : {", "\"text\" : {}, \"text\" : {"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "1", "[]", "\"\"", "{}", "{\"prompt\":\"\"}", "{\"output\":\"\"}"})
  void read_textOfAnotherShape_isRefused(String text) {
    String file = new ClaimFile(512, sample().claim(), null).toJson();
    String place =
        refused(file.replace("\"version\"", "\"text\" : " + text + ", \"version\"")).place();
    assertTrue(place.startsWith("/text"), place);
  }

  @Test
  void read_trailingObject_isRefused() {
    refused(sample().toJson() + "{}");
  }

  @Test
  void read_notUtf8_isRefused() throws IOException {
    Path path = Files.write(folder.resolve("c.json"), new byte[] {'{', (byte) 0xff, '}'});
    assertThrows(ClaimFormatException.class, () -> ClaimFile.read(path));
  }

  @Test
  void read_hugeFile_isRefusedByItsLimit() {
    String text = sample().toJson() + " ".repeat(ClaimFile.MAX_BYTES);
    assertTrue(refused(text).problem().contains("maxClaimBytes"));
  }

  @Test
  void read_longNumber_isRefused() {
    refused(sample().toJson().replace("0.95", "0." + "9".repeat(1000)));
  }

  @Test
  void read_enormousExponent_isRefusedAtOnce() {
    refused(sample().toJson().replace("0.95", "1e999999999"));
  }

  @Test
  void read_folder_isRefused() {
    assertThrows(ClaimFormatException.class, () -> ClaimFile.read(folder));
  }
}
