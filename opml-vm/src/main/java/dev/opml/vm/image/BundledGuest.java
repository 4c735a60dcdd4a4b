package dev.opml.vm.image;

import dev.opml.api.image.GraphHeader;
import dev.opml.vm.machine.GuestProgram;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The guest program of the current format version, committed with its sources. */
public final class BundledGuest {
  private static final String RESOURCE =
      "/dev/opml/vm/guest/opml-guest-v" + GraphHeader.FORMAT_VERSION + ".elf";

  /** Read and hashed once. */
  private static final class Holder {
    private static final GuestProgram PROGRAM = read();
  }

  private BundledGuest() {}

  /** The guest program. */
  public static GuestProgram program() {
    return Holder.PROGRAM;
  }

  private static GuestProgram read() {
    try (InputStream elf = BundledGuest.class.getResourceAsStream(RESOURCE)) {
      if (elf == null) {
        throw new IllegalStateException("missing resource " + RESOURCE);
      }
      return GuestProgram.load(elf.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
