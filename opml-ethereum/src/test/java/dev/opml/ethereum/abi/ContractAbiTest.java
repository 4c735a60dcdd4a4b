package dev.opml.ethereum.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.opml.dispute.Refusal;
import dev.opml.ethereum.Tools;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Functions, events and errors are those that the compiler finds in the contracts. */
class ContractAbiTest {
  private static final int SELECTOR = 4;

  private static String signature(JsonNode entry) {
    return entry.get("name").asText() + types(entry.get("inputs"));
  }

  private static String types(JsonNode inputs) {
    StringBuilder types = new StringBuilder();
    for (JsonNode input : inputs) {
      types.append(types.isEmpty() ? "(" : ",").append(type(input));
    }
    return types.isEmpty() ? "()" : types + ")";
  }

  private static String type(JsonNode input) {
    String type = input.get("type").asText();
    return type.startsWith("tuple")
        ? types(input.get("components")) + type.substring("tuple".length())
        : type;
  }

  @Test
  void events_ofTheContract_areThoseThatAreDecoded() throws Exception {
    Map<String, Integer> indexed = new TreeMap<>();
    for (JsonNode entry : Tools.artefact("IArbiter.sol", "IArbiter").get("abi")) {
      if (entry.get("type").asText().equals("event")) {
        int count = 0;
        boolean others = false;
        for (JsonNode input : entry.get("inputs")) {
          boolean isIndexed = input.get("indexed").asBoolean();
          assertTrue(!others || !isIndexed, "indexed fields come first: " + entry);
          others |= !isIndexed;
          count += isIndexed ? 1 : 0;
        }
        indexed.put(signature(entry), count);
      }
    }
    Map<String, Integer> decoded = new TreeMap<>();
    for (EventLayout layout : EventLayout.values()) {
      decoded.put(layout.signature(), layout.indexed());
      assertEquals(Tools.cast("sig-event", layout.signature()), layout.topic().toHex());
    }
    assertEquals(indexed, decoded);
  }

  @Test
  void errors_ofTheContract_areTheRefusals() throws Exception {
    Set<String> errors = new TreeSet<>();
    for (JsonNode entry : Tools.artefact("IRefusals.sol", "IRefusals").get("abi")) {
      errors.add(signature(entry));
    }
    Collection<String> refusals = RefusalErrors.signatures().values();
    assertEquals(errors, new TreeSet<>(refusals));
    assertEquals(errors.size(), refusals.size());
    for (Map.Entry<Refusal, String> refusal : RefusalErrors.signatures().entrySet()) {
      byte[] selector = HexFormat.of().parseHex(Tools.cast("sig", refusal.getValue()).substring(2));
      assertEquals(Optional.of(refusal.getKey()), RefusalErrors.decode(selector));
    }
  }

  @Test
  void refusal_ofOtherData_isNone() {
    byte[] panic = HexFormat.of().parseHex("4e487b71" + "00".repeat(31) + "11");
    assertEquals(Optional.empty(), RefusalErrors.decode(panic));
    assertEquals(Optional.empty(), RefusalErrors.decode(new byte[0]));
    assertEquals(Optional.empty(), RefusalErrors.decode(new byte[] {1, 2, 3, 4}));
    assertEquals(Optional.empty(), RefusalErrors.decode(new byte[1 << 20]));
  }

  @Test
  void functions_ofTheContract_areThoseThatAreCalled() throws Exception {
    JsonNode identifiers = Tools.artefact("Arbiter.sol", "Arbiter").get("methodIdentifiers");
    Map<String, String> called = new HashMap<>();
    Map<String, String> expected = new HashMap<>();
    for (ArbiterFunction function : ArbiterFunction.values()) {
      byte[] selector = Arrays.copyOf(function.call(new AbiTuple()), SELECTOR);
      called.put(function.signature(), HexFormat.of().formatHex(selector));
      expected.put(function.signature(), identifiers.path(function.signature()).asText());
    }
    assertEquals(expected, called);
    assertNotEquals(Map.of(), called);
  }
}
