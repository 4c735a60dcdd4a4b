/**
 * Nodes of a chain, asked by JSON-RPC. Whatever an endpoint answers is bounded in time and size and
 * is read field by field; what is not as it has to be is an {@link
 * dev.opml.ethereum.rpc.EthereumRpcException}.
 *
 * @see <a href="https://ethereum.github.io/execution-apis/">The methods</a>
 */
@NullMarked
package dev.opml.ethereum.rpc;

import org.jspecify.annotations.NullMarked;
