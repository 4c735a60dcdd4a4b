package dev.opml.vm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.engine.MatrixCell.Size;
import dev.opml.vm.kernel.Kernels;
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
                  "de11052131b91860deec618cbce455af6c1b1197c595dc41933d6206d254b715",
                  "b4b42d85e6d268979df99e96190da346955608c01ba493d9fc9c16e99a536cc6"),
              pinned(
                  "f16",
                  "a4518b2da4e985e5d96432a195cf04bbf51cd78b08c29cf52e25cc98f00d79d3",
                  "a95b89c4281ae9984e406e86fc02515ad70fd695dbd5e13df37dfd97cee0cb25"),
              pinned(
                  "bf16",
                  "ef5be86e88650101db32f00affa7878448fc4a5a59233f3c0e81d43f3aad1acd",
                  "b2f7777953bcf01987f1142a770fc0f1056ec0a6437404c2ddd636a55c9164f7"),
              pinned(
                  "q8_0",
                  "756dca180c6efec7fdabed9900d4551706fadb7826eeaeb549a59fd7743bf668",
                  "5ecb087273d50d87f344802c8b5f6734bc429efdcc64404ee872ee4a4b7a1638"),
              pinned(
                  "q4_0",
                  "2fe94503e9c545a50a0398e632d51c81302eaf92be476484201a79e56c55fc42",
                  "701a9fe25b159164cff3301424b6688df9811242d65d213175b17ae4ced55486"),
              pinned(
                  "q4_1",
                  "20530aed2a5b737b079fc5a575183fb32a5d851e45c231fbf88f49a94f24c93a",
                  "b8f15351adc0baae738b375084c5aadc96c1f163bd3eb44cbc42f18c7091a861"),
              pinned(
                  "q5_0",
                  "ccfccf89bd4dc6e2fb399d3a82f19f24bde07aa2ffb79abb8b137dcfdae38afe",
                  "a74381eeca3d8c0cac749405f737e722dcc235fc6e54e15ae0c6e877456c538b"),
              pinned(
                  "q5_1",
                  "40b9e51116f2ef43d43283b8693a5276e194d9a4ae680e7cf77333a67ebab712",
                  "1b7385b94830222360f3f2dd4bc884b17502b3d30ede17a3e47d7c02759160df"),
              pinned(
                  "q4_k_m",
                  "587a5b558efd3f409d6c67b12a7dc1e6c9e032154488dea3a444228ded876378",
                  "5cdf8654bd5e836063ee7086b62494f2dd527126ed71ff4d390ebba7163e06a2"),
              pinned(
                  "q5_k_m",
                  "421d9066afaee7e1a024bf04ed8c894f22d12e05c9b1e4f7c500d03e278e0fc1",
                  "6d6911c286b26eb55f86a383cc829aa77793499edc8c2aa8536b82ff46ab6214"),
              pinned(
                  "q6_k",
                  "bc6bb18555188a58028feff10d222f5bf3c69a3d016b894161059c289a651158",
                  "7cd898cb8e82a5726c9c069a7eba0fa2eca112c9f43a743fa26b0e9b60960d90"))
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
    scalar = MatrixCell.run(Kernels.scalar(), Size.SHORT, models(Size.SHORT));
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
    Required.assume(used, "this machine does not do " + flag);
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
