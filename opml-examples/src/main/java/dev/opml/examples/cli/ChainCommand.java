package dev.opml.examples.cli;

import picocli.CommandLine.Command;

/** {@code opml chain}: an arbiter that is deployed on a chain. */
@Command(
    name = "chain",
    description =
        "Deploys an arbiter on a chain, asks it, and plays before it; each command has --help and "
            + "--json.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Money and keys are at stake: read docs/ethereum-client.md and docs/contracts.md first."
    })
final class ChainCommand {}
