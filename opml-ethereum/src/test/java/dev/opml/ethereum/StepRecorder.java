package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.api.trace.InvalidWitnessException;
import dev.opml.api.trace.Witness;
import dev.opml.vm.machine.WitnessStep;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes the results of the machine on witnesses into files that the contracts' tests read: of a
 * megabyte or so, because they are read into memory that costs.
 */
final class StepRecorder implements AutoCloseable {
  private static final int FILE_LENGTH = 1 << 20;

  private final Path folder;
  private final WitnessStep step = new WitnessStep();
  private final ByteArrayOutputStream file = new ByteArrayOutputStream();

  private int files;
  private int accepted;
  private int refused;

  StepRecorder() throws IOException {
    Path cache = Files.createDirectories(Forge.CONTRACTS.resolve("cache"));
    folder = Files.createTempDirectory(cache, "steps");
  }

  /** Records a witness and its post-state, or that there is none. */
  void record(StepWitness witness) throws IOException {
    Bytes32 post;
    try {
      post = step.step(witness.preState(), Witness.of(witness.bytes())).value();
      accepted++;
    } catch (InvalidWitnessException e) {
      post = Bytes32.ZERO;
      refused++;
    }
    file.writeBytes(witness.preState().value().toByteArray());
    file.writeBytes(post.toByteArray());
    file.writeBytes(ByteBuffer.allocate(4).putInt(witness.bytes().length).array());
    file.writeBytes(witness.bytes());
    if (file.size() > FILE_LENGTH) {
      flush();
    }
  }

  private void flush() throws IOException {
    if (file.size() > 0) {
      Files.write(folder.resolve(Integer.toString(files)), file.toByteArray());
      files++;
      file.reset();
    }
  }

  int accepted() {
    return accepted;
  }

  int refused() {
    return refused;
  }

  /** Lets the contracts' tests play what was recorded. */
  String play(String contract) throws IOException, InterruptedException {
    flush();
    return Forge.test(
        contract,
        Map.of(
            "OPML_STEPS",
            folder.toString(),
            "OPML_STEP_FILES",
            Integer.toString(files),
            "OPML_STEP_COUNT",
            Integer.toString(accepted + refused),
            "FOUNDRY_GAS_LIMIT",
            Forge.GAS_OF_A_TEST));
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> recorded = Files.list(folder)) {
      for (Path path : recorded.toList()) {
        Files.delete(path);
      }
    }
    Files.delete(folder);
  }
}
