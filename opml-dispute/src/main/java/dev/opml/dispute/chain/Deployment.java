package dev.opml.dispute.chain;

import dev.opml.dispute.ArbiterIdentity;

/**
 * What an agent must know of an arbiter before it trusts it with a bond.
 *
 * @param identity where it is
 * @param parameters its rules' parameters
 * @param code which implementation it is: {@code local} in process, the hash of the code on a chain
 */
public record Deployment(ArbiterIdentity identity, ArbiterParameters parameters, String code) {}
