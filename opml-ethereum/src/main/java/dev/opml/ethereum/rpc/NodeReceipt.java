package dev.opml.ethereum.rpc;

import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.chain.Receipt;

/**
 * Receipt of a transaction in a block, as an endpoint tells it.
 *
 * @param transaction the transaction
 * @param receipt its place, and what it cost
 * @param succeeded whether it had an effect beside its cost
 */
public record NodeReceipt(TransactionHash transaction, Receipt receipt, boolean succeeded) {
  static NodeReceipt read(Answer answer) {
    Receipt receipt =
        new Receipt(
            answer.field("blockHash").blockHash(),
            answer.field("blockNumber").number(),
            answer.field("gasUsed").number(),
            answer.field("effectiveGasPrice").wei());
    long status = answer.field("status").number();
    if (status > 1) {
      throw answer.field("status").wrong("0 or 1");
    }
    return new NodeReceipt(answer.field("transactionHash").transactionHash(), receipt, status == 1);
  }
}
