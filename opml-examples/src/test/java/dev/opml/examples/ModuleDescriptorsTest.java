package dev.opml.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the published modules export and require, against a list that a change must edit knowingly.
 */
class ModuleDescriptorsTest {
  private static final List<String> PUBLISHED =
      List.of(
          "dev.opml.api", "dev.opml.merkle", "dev.opml.vm", "dev.opml.testing", "dev.opml.dispute");

  @Test
  void descriptors_ofPublishedModules_areAsListed() throws IOException {
    String actual =
        PUBLISHED.stream().map(ModuleDescriptorsTest::describe).collect(Collectors.joining("\n"));
    assertEquals(listed(), actual);
  }

  private static String describe(String name) {
    ModuleDescriptor descriptor = ModuleLayer.boot().findModule(name).orElseThrow().getDescriptor();
    Stream<String> exports =
        descriptor.exports().stream()
            .map(export ->
                "  exports "
                    + export.source()
                    + export.targets().stream()
                        .sorted()
                        .collect(Collectors.joining(", ", export.isQualified() ? " to " : "", "")))
            .sorted();
    Stream<String> requires =
        descriptor.requires().stream()
            .filter(require ->
                !require.modifiers().contains(ModuleDescriptor.Requires.Modifier.MANDATED))
            .map(require ->
                "  requires "
                    + require.modifiers().stream()
                        .map(modifier -> modifier.name().toLowerCase(Locale.ROOT) + " ")
                        .sorted()
                        .collect(Collectors.joining())
                    + require.name())
            .sorted();
    return Stream.concat(Stream.of(name), Stream.concat(exports, requires))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String listed() throws IOException {
    try (InputStream list = ModuleDescriptorsTest.class.getResourceAsStream("modules.txt")) {
      return new String(Objects.requireNonNull(list).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
