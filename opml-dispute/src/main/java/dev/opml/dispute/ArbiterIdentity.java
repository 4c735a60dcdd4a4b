package dev.opml.dispute;

/**
 * Which arbiter, on which chain. Every id and every seal is bound to it, so that nothing said to
 * one arbiter counts before another.
 *
 * @param chainId chain, as in EIP-155
 * @param arbiter address of the arbiter
 */
public record ArbiterIdentity(long chainId, Address arbiter) {}
