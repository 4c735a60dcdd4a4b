package dev.opml.ethereum;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;

/** The contracts' tools, for tests of other packages. */
public final class Tools {
  private Tools() {}

  /** Answer of cast. */
  public static String cast(String... arguments) throws IOException, InterruptedException {
    return Forge.run("cast", Map.of(), arguments).strip();
  }

  /** Artefact of a contract. */
  public static JsonNode artefact(String file, String contract)
      throws IOException, InterruptedException {
    return new ObjectMapper().readTree(Files.readAllBytes(Forge.artefact(file, contract)));
  }
}
