package dev.opml.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  private static final byte[] NEW = "new".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;

  private static OutputFile open(Path path) throws IOException {
    return OutputFile.open(path, OutputStream.nullOutputStream());
  }

  private static void write(Path path) throws IOException {
    try (OutputFile file = open(path)) {
      file.write(NEW);
      file.keep();
    }
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void keep_newFile_hasTheContentAndNothingIsLeft() throws IOException {
    Path path = folder.resolve("f");
    write(path);
    assertEquals("new", Files.readString(path));
    assertEquals(List.of(path), files());
  }

  @Test
  void keep_newFile_hasThePermissionsOfAnyNewFile() throws IOException {
    write(folder.resolve("f"));
    Path other = Files.createFile(folder.resolve("g"));
    assertEquals(
        Files.getPosixFilePermissions(other), Files.getPosixFilePermissions(folder.resolve("f")));
  }

  @Test
  void keep_fileThatWasThere_keepsItsPermissions() throws IOException {
    Path path = Files.writeString(folder.resolve("f"), "older and longer");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--rw-"));
    write(path);
    assertEquals("new", Files.readString(path));
    assertEquals("rw-r--rw-", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
  }

  @Test
  void close_withoutKeep_leavesWhatWasThere() throws IOException {
    Path path = Files.writeString(folder.resolve("f"), "old");
    try (OutputFile file = open(path)) {
      file.write(NEW);
    }
    assertEquals("old", Files.readString(path));
    assertEquals(List.of(path), files());
  }

  @Test
  void keep_symbolicLinks_writesWhatTheyLeadTo() throws IOException {
    Path there = Files.writeString(folder.resolve("there"), "old");
    for (String target : List.of("there", "not-yet")) {
      Path first = Files.createSymbolicLink(folder.resolve("1-" + target), Path.of(target));
      Path second = Files.createSymbolicLink(folder.resolve("2-" + target), first);
      write(second);
      assertTrue(Files.isSymbolicLink(first) && Files.isSymbolicLink(second));
      assertEquals("new", Files.readString(folder.resolve(target)));
    }
    assertEquals("new", Files.readString(there));
  }

  @Test
  void open_linksInACircle_isRefusedNamingTheFile() throws IOException {
    Path a = Files.createSymbolicLink(folder.resolve("a"), Path.of("b"));
    Files.createSymbolicLink(folder.resolve("b"), Path.of("a"));
    assertEquals(a.toString(), assertThrows(FileSystemException.class, () -> open(a)).getFile());
  }

  @Test
  void open_missingFolder_isRefusedNamingTheFile() {
    Path path = folder.resolve("no/f");
    var e = assertThrows(NoSuchFileException.class, () -> open(path));
    assertEquals(path.toString(), e.getFile());
  }

  @Test
  void open_folder_isRefused() {
    var e = assertThrows(FileSystemException.class, () -> open(folder));
    assertEquals("Is a directory", e.getReason());
  }

  @Test
  void open_readOnlyFile_isRefusedNamingIt() {
    Path path = Path.of("/proc/self/maps"); // for the superuser as well
    var e = assertThrows(FileSystemException.class, () -> open(path));
    assertEquals(path.toString(), e.getFile());
  }

  @Test
  void open_fullDevice_isRefused() {
    var e = assertThrows(FileSystemException.class, () -> open(Path.of("/dev/full")));
    assertEquals("/dev/full: No space left on device", e.getMessage());
  }

  @Test
  void keep_device_isWrittenDirectly() throws IOException {
    write(Path.of("/dev/null"));
    assertFalse(Files.isRegularFile(Path.of("/dev/null")));
  }

  @Test
  void keep_standardOutput_isTheStreamAndStaysOpen() throws IOException {
    var out = new ByteArrayOutputStream();
    try (OutputFile file = OutputFile.open(Path.of("/dev/stdout"), out)) {
      file.write(NEW);
      file.keep();
    }
    assertEquals("new", out.toString(StandardCharsets.UTF_8));
  }

  @Test
  void isSameRegularFile_namesOfOneFile_areTheSame() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "");
    Path other = Files.writeString(folder.resolve("g"), "");
    Path symbolic = Files.createSymbolicLink(folder.resolve("s"), Path.of("f"));
    Path hard = Files.createLink(folder.resolve("h"), file);
    Path dotted = folder.resolve("../" + folder.getFileName() + "/./f");
    for (Path name : List.of(file, symbolic, hard, dotted)) {
      assertTrue(OutputFile.isSameRegularFile(name, file), name.toString());
      assertFalse(OutputFile.isSameRegularFile(name, other), name.toString());
    }
  }

  @Test
  void isSameRegularFile_filesThatAreNotYet_areComparedByPlace() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("s"), Path.of("new"));
    Path dotted = folder.resolve("../" + folder.getFileName() + "/new");
    assertTrue(OutputFile.isSameRegularFile(link, folder.resolve("new")));
    assertTrue(OutputFile.isSameRegularFile(dotted, folder.resolve("new")));
    assertFalse(OutputFile.isSameRegularFile(link, folder.resolve("other")));
    assertFalse(OutputFile.isSameRegularFile(folder.resolve("no/f"), folder.resolve("f")));
  }

  @Test
  void isSameRegularFile_devices_areNot() {
    assertFalse(OutputFile.isSameRegularFile(Path.of("/dev/null"), Path.of("/dev/null")));
  }
}
