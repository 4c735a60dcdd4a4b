package dev.opml.ethereum;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.opml.ethereum.abi.AbiTuple;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A contract as the compiler has written it. Immutable. */
public final class Artefact {
  private final byte[] creation;
  private final CodeTemplate template;

  private Artefact(byte[] creation, CodeTemplate template) {
    this.creation = creation;
    this.template = template;
  }

  /**
   * Reads an artefact of forge's shape.
   *
   * @throws IOException if it has no code, or code with links to libraries
   */
  public static Artefact read(byte[] json) throws IOException {
    JsonNode root = new ObjectMapper().readTree(json);
    JsonNode deployed = root.path("deployedBytecode");
    List<CodeTemplate.Place> places = new ArrayList<>();
    for (JsonNode variable : deployed.path("immutableReferences")) {
      for (JsonNode place : variable) {
        places.add(
            new CodeTemplate.Place(place.path("start").asInt(), place.path("length").asInt()));
      }
    }
    try {
      return new Artefact(
          code(root.path("bytecode")), CodeTemplate.of(code(deployed), List.copyOf(places)));
    } catch (IllegalArgumentException e) {
      throw new IOException("no code that can be deployed: " + e.getMessage(), e);
    }
  }

  private static byte[] code(JsonNode bytecode) {
    return HexFormat.of().parseHex(bytecode.path("object").asText().replaceFirst("^0x", ""));
  }

  /** The code on a chain, but for its immutables. */
  public CodeTemplate template() {
    return template;
  }

  /** The code that creates the contract, with the constructor's arguments. */
  public byte[] creation(AbiTuple arguments) {
    byte[] encoded = arguments.encode();
    return ByteBuffer.allocate(creation.length + encoded.length).put(creation).put(encoded).array();
  }
}
