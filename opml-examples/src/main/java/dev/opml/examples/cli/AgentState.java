package dev.opml.examples.cli;

import dev.opml.api.Bytes32;
import dev.opml.api.OpmlException;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.Salt;
import dev.opml.dispute.journal.FileJournal;
import dev.opml.dispute.journal.Journal;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;

/**
 * Files of what an agent has to know after a restart: its journal, and a proposer's secret. Those
 * of an account before an arbiter are its own, and the journal keeps other processes from them.
 */
final class AgentState {
  private final Path folder;
  private final String name;

  /**
   * Opens a folder.
   *
   * @throws IOException if it is not there and cannot be made
   */
  AgentState(Path folder, ArbiterIdentity at, Address account) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.name = "%d-%s-%s".formatted(at.chainId(), at.arbiter(), account);
  }

  /** The journal, which one process at a time may open. */
  Journal journal() {
    return FileJournal.open(folder.resolve(name + ".journal"));
  }

  /**
   * The secret of which salts are made. Without the journal it still saves the bonds of claims that
   * are not revealed; whoever else has it can see hidden roots.
   *
   * @throws OpmlException if the file does not hold one
   */
  Salt secret() throws IOException {
    Path file = folder.resolve(name + ".secret");
    try {
      return new Salt(Bytes32.fromHex(TextFile.read(file)));
    } catch (NoSuchFileException e) {
      return make(file);
    } catch (IllegalArgumentException _) { // its message may repeat it
      throw new OpmlException(file + ": is not 0x and 64 hexadecimal digits");
    }
  }

  private static Salt make(Path file) throws IOException {
    byte[] random = new byte[Bytes32.SIZE];
    new SecureRandom().nextBytes(random);
    Bytes32 secret = Bytes32.of(random);
    // Readable by its owner only, and whole or not there at all.
    Path written = Files.createTempFile(file.getParent(), "secret", ".tmp");
    try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
      channel.write(StandardCharsets.US_ASCII.encode(secret.toHex()));
      channel.force(true);
    }
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    return new Salt(secret);
  }
}
