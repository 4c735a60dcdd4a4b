import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.web3j.codegen.SolidityFunctionWrapper;
import org.web3j.protocol.core.methods.response.AbiDefinition;

/**
 * Writes a web3j wrapper for each of the contracts' artefacts: {@code java -classpath CODEGEN
 * Generate.java ARTEFACTS OUT}.
 */
final class Generate {
  private static final String PACKAGE = "dev.opml.ethereum.wrappers";
  private static final int ADDRESS_BITS = 160;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Generate() {}

  public static void main(String[] args) throws IOException, ClassNotFoundException {
    Path out = Path.of(args[1]);
    try (DirectoryStream<Path> artefacts = Files.newDirectoryStream(Path.of(args[0]), "*.json")) {
      for (Path artefact : artefacts) {
        write(JSON.readTree(artefact.toFile()), out);
      }
    }
  }

  private static void write(JsonNode artefact, Path out)
      throws IOException, ClassNotFoundException {
    String name = artefact.get("contract").asText();
    AbiDefinition[] abi = JSON.treeToValue(artefact.get("abi"), AbiDefinition[].class);
    new SolidityFunctionWrapper(true, false, false, ADDRESS_BITS)
        .generateJavaFiles(
            name,
            artefact.at("/bytecode/object").asText(),
            List.of(abi),
            out.toString(),
            PACKAGE,
            Map.of());
    Path java = out.resolve(PACKAGE.replace('.', '/')).resolve(name + ".java");
    Files.writeString(java, withoutWarnings(Files.readString(java)));
  }

  /** The generator leaves casts of lists unchecked. */
  private static String withoutWarnings(String java) {
    String narrow = "@SuppressWarnings(\"rawtypes\")";
    if (!java.contains(narrow)) {
      throw new IllegalStateException("the generator writes something else");
    }
    return java.replace(narrow, "@SuppressWarnings({\"rawtypes\", \"unchecked\"})");
  }
}
