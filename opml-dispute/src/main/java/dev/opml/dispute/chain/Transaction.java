package dev.opml.dispute.chain;

import dev.opml.dispute.TransactionHash;

/**
 * A signed transaction of an account.
 *
 * @param hash its identity, which is known before it is sent
 * @param nonce its place among the account's transactions; of two with the same nonce only one can
 *     be included
 * @param call what it does
 */
public record Transaction(TransactionHash hash, long nonce, ArbiterCall call) {}
