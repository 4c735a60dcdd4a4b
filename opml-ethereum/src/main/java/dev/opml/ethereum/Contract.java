package dev.opml.ethereum;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The contracts of a deployment, whose compiled code is part of this library. */
public enum Contract {
  /** Keeps rules, clocks and money. */
  ARBITER("Arbiter"),
  /** Executes one instruction. */
  MACHINE("RiscVStep"),
  /** Knows how images, requests and answers look. */
  RULES("ImageRules");

  private final String file;

  Contract(String file) {
    this.file = file + ".json";
  }

  /** The artefact that the compiler has written. */
  public Artefact artefact() {
    try (InputStream in = Contract.class.getResourceAsStream(file)) {
      return Artefact.read(Objects.requireNonNull(in, file).readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }
}
