package dev.opml.dispute.journal;

import dev.opml.dispute.TransactionHash;

/**
 * A transaction that carries out an intent, and was about to be sent.
 *
 * @param hash its identity
 * @param nonce its place among the account's transactions
 */
public record SentTransaction(TransactionHash hash, long nonce) {}
