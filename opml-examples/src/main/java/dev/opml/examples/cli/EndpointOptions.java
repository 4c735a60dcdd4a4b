package dev.opml.examples.cli;

import dev.opml.ethereum.rpc.Endpoint;
import java.net.URI;
import java.util.List;
import picocli.CommandLine.Option;

/** Nodes of a chain. */
final class EndpointOptions {
  @Option(
      names = "--rpc",
      paramLabel = "URL",
      required = true,
      converter = NodeAddress.class,
      description =
          "A node of the chain, by HTTP or HTTPS. Repeatable: where one fails, the next is asked.")
  private List<URI> urls = List.of();

  /** The nodes in the order in which they are asked. */
  List<Endpoint> endpoints() {
    return urls.stream().map(Endpoint::http).toList();
  }
}
