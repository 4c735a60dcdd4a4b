package dev.opml.vm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.engine.MatrixCell.Size;
import dev.opml.vm.kernel.choice.KernelChoice;
import dev.opml.vm.testing.RandomModel;
import dev.opml.vm.testing.Required;
import dev.opml.vm.testing.TestData;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One digest for a model and a prompt, in every cell of a matrix: whatever vector instructions a
 * JVM may use, and whether it compiles, with a JVM for each; in each, cold and warm, with one to
 * three threads and batches of several sizes ({@link MatrixCell}).
 */
class DeterminismMatrixTest {
  private static final String VECTORS = "--add-modules jdk.incubator.vector";
  private static final long FIRST_SEED = 20_261_125;
  private static final int RANDOM_MODELS = 6;

  /** Formats of models that are not bundled. */
  private static final List<String> OTHER_FORMATS =
      List.of("f32", "f16", "bf16", "q4_1", "q5_0", "q5_1", "q4_k_m", "q5_k_m", "q6_k");

  /**
   * Digests of whole inferences with a short prompt and a long one, the same on every machine for
   * ever.
   */
  private static final Map<String, String> PINNED =
      Stream.of(
              pinned(
                  "f32",
                  "f6451b812065eb1304c70aa98d050d2809c6d561a3f3500d5ddf25de6c400646",
                  "bf45ba0b990445982ae930b11b87cfd9929c47e7ce2d79830aaed38d2c89f447"),
              pinned(
                  "f16",
                  "82d735152ee5dce45742a02ea8b18f407c3d799bf085fce315fe2210bcf3ec2b",
                  "c1a8abe7e4a125b3c70cf61b01817c5257ec632c4fe981d421de1b5de2e7c0cf"),
              pinned(
                  "bf16",
                  "15ffb09aef432c6e4f669bd36a4a8f29e1d1e968af4be9985bd8c8593c24f0b1",
                  "9c9383e593fa228e3db37527869c82e1e7240543c06c2442bda8c41634480ebc"),
              pinned(
                  "q8_0",
                  "a26037e7d72d3a1526d5f6a3979d1553f0184b27a9f656b77a6a61ab5a851ace",
                  "bfeee479b90144b3d4c48612982e1b24ff744e3e15462596b8135319f0f6ec67"),
              pinned(
                  "q4_0",
                  "7f67e4668583608b932f304a4176c9a6791f3ce3ba73f4f04322b69aee5dee7b",
                  "5d8c656d560c17d4c497ab4b0d9cad1c4c2b8b4f59e8b5707ea06e65c35ed493"),
              pinned(
                  "q4_1",
                  "7b395d68db4c1eb92b6b8d12a7eca25d23a0d5429094e4e08acb757b9be9794d",
                  "48a84e51d7a8c2980bd671419d38f839528b1334c3e3411b73d26ea685593dd4"),
              pinned(
                  "q5_0",
                  "cf9f7975874bd43493aa00b9ab9fb0871fc81b3085e6f2714a2175da68c2e177",
                  "70a1b76f4631795ec4508339e7c823c0135c2fcb23bcfaf0c0c0e9165cea3f57"),
              pinned(
                  "q5_1",
                  "c88657ed5921d38b9a0443a4e2c59c62c7dde46ad080cc6f53811f91391f78f2",
                  "8945d254c636e49e000a783a19bd58f84f376f7a8b4e0a6946542267b6904111"),
              pinned(
                  "q4_k_m",
                  "10e21655c1c2e7490a902eeb6e447418c073af43545bf7cb44a24d9538cce9aa",
                  "a75a8ddc81c3c02e9aac44fc460e17ac5702ca409624ec23e5622b754624d860"),
              pinned(
                  "q5_k_m",
                  "ca0b893749c13102177332698c901ac23b7ccf37c235efa18306212690bd60c3",
                  "1e0b48f0192e6111cabe9eb12242a6e9006250b20aca8c35e8ae372a7495e167"),
              pinned(
                  "q6_k",
                  "d2bfd826eb23ebdb348b9f6efe8e7d845f1aab9cbbe39b0a2579ef9f6d37ac7b",
                  "a412ff946b4de96aa1330cc60d474dd5a8cbc0150ace27097fe811be041a75d3"))
          .flatMap(format -> format.entrySet().stream())
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

  @TempDir private static Path folder;

  private static final List<Path> randomModels = new ArrayList<>();
  private static Map<String, String> scalar;

  private static Map<String, String> pinned(String format, String shortDigest, String longDigest) {
    String model = model(format);
    return Map.of(model + " 5 tokens", shortDigest, model + " 70 tokens", longDigest);
  }

  private static String model(String format) {
    return "stories-3.7m." + format + ".gguf";
  }

  @BeforeAll
  static void runScalarKernels() throws IOException {
    for (int i = 0; i < RANDOM_MODELS; i++) {
      Path file = folder.resolve(MatrixCell.UNTRAINED + i + ".gguf");
      randomModels.add(Files.write(file, RandomModel.bytes(FIRST_SEED + i)));
    }
    scalar = MatrixCell.run(KernelChoice.scalar(), Size.SHORT, models(Size.SHORT));
  }

  /** The bundled models, and the other formats where the shared data are present. */
  private static List<Path> models(Size size) {
    List<Path> models = new ArrayList<>(randomModels);
    if (size != Size.TINY) {
      models.add(TestData.bundledModelQ4());
    }
    if (size == Size.WHOLE || size == Size.BUNDLED) {
      models.add(TestData.bundledModel());
    }
    if (size == Size.WHOLE) {
      OTHER_FORMATS.forEach(
          format -> TestData.shared("data/models/ours/" + model(format)).ifPresent(models::add));
    }
    return models;
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "-XX:UseAVX=0, 'vector, 128 bits', WHOLE",
    "-XX:UseAVX=1, 'vector, 128 bits', WHOLE",
    "-XX:UseAVX=2, 'vector, 256 bits', WHOLE",
    "-XX:UseAVX=3, 'vector, 512 bits', WHOLE",
    "-XX:MaxVectorSize=16, 'vector, 128 bits', BUNDLED",
    "-XX:MaxVectorSize=32, 'vector, 256 bits', BUNDLED",
    "-XX:MaxVectorSize=64, 'vector, 512 bits', BUNDLED",
    "-XX:MaxVectorSize=16 -Dopml.vectorBits=512, 'vector, 512 bits', SHORT",
    "-XX:TieredStopAtLevel=1 -Dopml.vectorBits=512, 'vector, 512 bits', SHORT",
    "-Xint -Dopml.vectorBits=512, 'vector, 512 bits', TINY",
    "-XX:TieredStopAtLevel=1, scalar, SHORT",
    "-Xint, scalar, TINY",
  })
  void digests_withVectorKernels_areThoseOfTheScalarOnes(String flags, String kernels, Size size)
      throws Exception {
    List<String> output = start(size, (VECTORS + " " + flags).split(" "));
    for (String flag : flags.split(" ")) {
      if (flag.startsWith("-XX:") && !flag.contains("Tiered")) {
        requireFlag(flag.substring("-XX:".length()), output);
      }
    }
    assertDigests(kernels, size, output);
  }

  @Test
  void digests_withoutTheIncubatorModule_areTheSameAndALogLineNamesTheFlag() throws Exception {
    List<String> output = start(Size.WHOLE);
    assertTrue(output.stream().anyMatch(line -> line.contains(VECTORS)), output::toString);
    assertDigests("scalar", Size.WHOLE, output);
  }

  private static void assertDigests(String kernels, Size size, List<String> output) {
    List<String> expected = new ArrayList<>(List.of(kernels));
    if (size != Size.TINY) {
      expected.add("operators " + scalar.get("operators"));
    }
    for (Path model : models(size)) {
      for (String name : size.names(model)) {
        expected.add(name + " " + PINNED.getOrDefault(name, scalar.get(name)));
      }
    }
    assertEquals(expected, output.subList(output.size() - expected.size(), output.size()));
  }

  /** A processor may lack what a flag asks for; the JVM then uses less. */
  private static void requireFlag(String flag, List<String> output) {
    boolean used =
        output.stream().map(line -> line.replace(" ", "")).anyMatch(l -> l.contains(flag + "{"));
    Required.assumeProcessor(used, "this machine does not do " + flag);
  }

  private static List<String> start(Size size, String... flags)
      throws IOException, InterruptedException {
    Path root = TestData.repositoryRoot();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.addAll(
        List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+PrintFlagsFinal", "-Xmx512m", "-cp"));
    command.add(
        Stream.of(
                "opml-vm/target/classes", "opml-vm/target/test-classes", "opml-api/target/classes")
            .map(path -> root.resolve(path).toString())
            .collect(Collectors.joining(File.pathSeparator)));
    command.addAll(List.of(MatrixCell.class.getName(), size.name()));
    models(size).forEach(model -> command.add(model.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertEquals(0, process.waitFor(), () -> command + "\n" + String.join("\n", output));
    return output;
  }
}
