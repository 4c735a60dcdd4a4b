package dev.opml.ethereum.rpc;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.BlockHash;
import java.util.List;

/** A log of a contract, as an endpoint gives it. Immutable. */
public final class NodeLog {
  private static final int MOST_TOPICS = 4;

  private final Address address;
  private final BlockHash block;
  private final long number;
  private final long index;
  private final List<Bytes32> topics;
  private final byte[] data;

  private NodeLog(Answer log) {
    this.address = log.field("address").address();
    this.block = log.field("blockHash").blockHash();
    this.number = log.field("blockNumber").number();
    this.index = log.field("logIndex").number();
    this.topics = log.field("topics").list(MOST_TOPICS).stream().map(Answer::word).toList();
    this.data = log.field("data").bytes();
  }

  static NodeLog read(Answer log) {
    if (log.optional("removed").filter(Answer::isTrue).isPresent()) {
      throw log.wrong("a log that was not removed");
    }
    return new NodeLog(log);
  }

  /** The contract. */
  public Address address() {
    return address;
  }

  /** The block. */
  public BlockHash block() {
    return block;
  }

  /** The block's number. */
  public long number() {
    return number;
  }

  /** Place of the log among all of the block. */
  public long index() {
    return index;
  }

  /** The event, and its indexed fields. */
  public List<Bytes32> topics() {
    return topics;
  }

  /** Returns a new array with the other fields. */
  public byte[] data() {
    return data.clone();
  }
}
