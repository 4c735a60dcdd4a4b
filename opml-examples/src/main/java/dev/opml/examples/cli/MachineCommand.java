package dev.opml.examples.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code opml machine}: the RV64IM machine on programs that are not opML's. */
@Command(
    name = "machine",
    description = "Runs or shows any static RISC-V program; each command has --help and --json.",
    synopsisSubcommandLabel = "COMMAND")
final class MachineCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
