package dev.opml.examples.cli;

import picocli.CommandLine.Command;

/** {@code opml machine}: the RV64IM machine on programs that are not opML's. */
@Command(
    name = "machine",
    description = "Runs or shows any static RISC-V program; each command has --help and --json.",
    synopsisSubcommandLabel = "COMMAND")
final class MachineCommand {}
