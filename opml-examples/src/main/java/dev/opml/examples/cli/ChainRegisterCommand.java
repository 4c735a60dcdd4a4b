package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.vm.executor.GgufExecutor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code opml chain register}: makes a model known to an arbiter. */
@Command(
    name = "register",
    sortOptions = false,
    description =
        "Registers a model, so that anybody can ask it. Anybody may, and again, to announce another"
            + " place to find its file.")
final class ChainRegisterCommand extends Subcommand {
  @Mixin private ArbiterOptions arbiter = new ArbiterOptions();

  @Mixin private ModelOption model = new ModelOption();

  @Option(
      names = "--location",
      paramLabel = "URL",
      description =
          "Where others find the file, 1,024 bytes at most; default: its name. Nobody checks it.")
  private String location = "";

  @Mixin private KeyOptions key = new KeyOptions();

  ChainRegisterCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  @Nullable Path subject() {
    return model.subject();
  }

  @Override
  boolean execute(ObjectNode result) throws IOException {
    String place = location.isEmpty() ? String.valueOf(model.file().getFileName()) : location;
    try (GgufExecutor executor = model.open(this)) {
      Bytes32 hash = sha256(model.file());
      ModelId id =
          arbiter
              .connect(this, key)
              .register(executor.registration(), new ModelSource(hash, place));
      result.put("model", id.toString()).put("fileHash", hash.toHex()).put("location", place);
      sayLine("model " + id);
    }
    return true;
  }

  private static Bytes32 sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        long _ = in.transferTo(OutputStream.nullOutputStream());
      }
      return Bytes32.of(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
