package dev.opml.ethereum;

import dev.opml.dispute.Address;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ChainWriter;
import dev.opml.dispute.chain.Transaction;
import dev.opml.dispute.chain.TransactionOutcome;
import dev.opml.ethereum.abi.CallData;
import dev.opml.ethereum.abi.CallEncoder;
import dev.opml.ethereum.abi.CallFacts;
import dev.opml.ethereum.account.Outbox;
import dev.opml.ethereum.account.SignedTransaction;

/** Sends calls of an arbiter as transactions of an account. */
final class EthereumWriter implements ChainWriter {
  private final Address contract;
  private final CallEncoder encoder;
  private final Outbox outbox;

  EthereumWriter(Address contract, CallFacts facts, Outbox outbox) {
    this.contract = contract;
    this.encoder = new CallEncoder(facts);
    this.outbox = outbox;
  }

  @Override
  public Address account() {
    return outbox.account();
  }

  /**
   * {@inheritDoc}
   *
   * @throws dev.opml.dispute.ArbiterRefusedException if it would be refused now, which costs
   *     nothing
   */
  @Override
  public Transaction sign(ArbiterCall call) {
    CallData data = encoder.encode(call);
    SignedTransaction signed = outbox.sign(contract, data.value(), data.bytes());
    return new Transaction(signed.hash(), signed.content().nonce(), call);
  }

  @Override
  public void broadcast(Transaction transaction) {
    outbox.send(transaction.hash());
  }

  @Override
  public void cancel(TransactionHash transaction, long nonce) {
    outbox.cancel(transaction, nonce);
  }

  @Override
  public TransactionOutcome outcome(TransactionHash hash) {
    return outbox.outcome(hash);
  }
}
