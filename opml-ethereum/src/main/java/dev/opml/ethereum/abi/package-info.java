/**
 * The arbiter's calls, events and refusals as a contract encodes them. What is decoded here comes
 * from an endpoint, and is refused unless every length and number is in its place.
 *
 * @see <a href="https://docs.soliditylang.org/en/v0.8.37/abi-spec.html">The contract ABI</a>
 */
@NullMarked
package dev.opml.ethereum.abi;

import org.jspecify.annotations.NullMarked;
