package dev.opml.ethereum.rpc;

import java.net.URI;
import org.web3j.protocol.Web3jService;

/**
 * Where a node answers.
 *
 * @param name names it in failures; not its address if that contains a key
 * @param service carries questions and answers. It must not hold a thread for ever, and should
 *     bound the size of answers
 * @param limits how much of an answer is read, and for how long it is waited for
 * @param headerCheck what is made sure of a block that it names
 */
public record Endpoint(
    String name, Web3jService service, RpcLimits limits, HeaderCheck headerCheck) {
  /** Check of a block's header. */
  public enum HeaderCheck {
    /**
     * Its fields hash to its hash. So an endpoint cannot give a block another parent, number or
     * time. Of a chain whose headers have fields that no fork of Ethereum has, this refuses all.
     */
    HASH,
    /** Nothing. */
    NONE
  }

  /** A node that answers by HTTP or HTTPS, within the usual limits. */
  public static Endpoint http(URI address) {
    return http(address, RpcLimits.DEFAULT);
  }

  /** A node that answers by HTTP or HTTPS, within limits. */
  public static Endpoint http(URI address, RpcLimits limits) {
    return new Endpoint(
        String.valueOf(address.getHost()),
        new BoundedHttpService(address, limits),
        limits,
        HeaderCheck.HASH);
  }
}
