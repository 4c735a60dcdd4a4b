package dev.opml.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundledModelTest {
  private static final long SIZE = 3_933_696;

  @TempDir private Path folder;

  @Test
  void in_emptyFolder_writesTheModelAndNothingElse() throws IOException {
    Path model = BundledModel.in(folder.resolve("new"));
    assertEquals(SIZE, Files.size(model));
    try (var files = Files.list(model.getParent())) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void in_folderThatHasIt_leavesItAlone() throws IOException {
    Path model = BundledModel.in(folder);
    FileTime longAgo = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(model, longAgo);
    BundledModel.in(folder);
    assertEquals(longAgo, Files.getLastModifiedTime(model));
  }

  @Test
  void in_folderWithAnotherFileOfThatNameAndSize_replacesIt() throws IOException {
    Path model = BundledModel.in(folder);
    byte[] right = Files.readAllBytes(model);
    byte[] changed = right.clone();
    changed[changed.length / 2] ^= 1;
    Files.write(model, changed);
    assertEquals(
        -1, Files.mismatch(BundledModel.in(folder), Files.write(folder.resolve("r"), right)));
  }

  @Test
  void in_placeThatCannotBeAFolder_fails() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThrows(IOException.class, () -> BundledModel.in(file));
  }
}
