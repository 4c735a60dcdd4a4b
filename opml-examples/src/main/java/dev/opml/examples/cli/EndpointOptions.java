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
      description =
          "A node of the chain, by HTTP or HTTPS. Repeatable: where one fails, the next is asked.")
  private List<URI> urls = List.of();

  /** The nodes in the order in which they are asked. */
  List<Endpoint> endpoints(Subcommand command) {
    urls.forEach(url -> check(command, url));
    return urls.stream().map(Endpoint::http).toList();
  }

  /**
   * Checks that an address can be one. It may contain a key, so that an error does not repeat it.
   */
  static void check(Subcommand command, URI url) {
    boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!isHttp || url.getHost() == null) {
      throw command.usage("--rpc: not an address that begins with http:// or https:// and a host");
    }
  }
}
