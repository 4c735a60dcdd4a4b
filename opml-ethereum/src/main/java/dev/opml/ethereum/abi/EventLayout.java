package dev.opml.ethereum.abi;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.OpmlException;
import dev.opml.api.image.GraphHeader;
import dev.opml.dispute.chain.ArbiterEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The events of the arbiter's contract. */
@SuppressWarnings("ImmutableEnumChecker") // a hash, and a method without state
public enum EventLayout {
  /** A model was registered. */
  MODEL_REGISTERED(
      "ModelRegistered(bytes32,address,bytes32,bytes,bytes,bytes32,string)",
      2,
      ClaimEvents::modelRegistered),
  /** A request was made. */
  REQUEST_MADE(
      "RequestMade(bytes32,address," + Signatures.TERMS + ",bytes32,bytes32,uint256)",
      2,
      ClaimEvents::requestMade),
  /** A request has its result. */
  REQUEST_FINAL("RequestFinal(bytes32,bytes32)", 2, ClaimEvents::requestFinal),
  /** Others get time to seal. */
  SEALING_EXTENDED("SealingExtended(bytes32,uint256)", 1, ClaimEvents::sealingExtended),
  /** A fee was paid. */
  FEE_PAID("FeePaid(bytes32,bytes32,address,uint256)", 3, ClaimEvents::feePaid),
  /** A fee was given back. */
  REFUNDED("Refunded(bytes32,address,uint256)", 2, ClaimEvents::refunded),
  /** A claim was sealed. */
  CLAIM_SEALED(
      "ClaimSealed(bytes32,bytes32,address,uint256,bytes32,bytes,bytes32)",
      3,
      ClaimEvents::claimSealed),
  /** A claim was revealed. */
  CLAIM_REVEALED("ClaimRevealed(bytes32,bytes32)", 1, ClaimEvents::claimRevealed),
  /** A claim was not revealed in time. */
  CLAIM_EXPIRED("ClaimExpired(bytes32,uint256)", 1, ClaimEvents::claimExpired),
  /** A claim lost a game. */
  CLAIM_REFUTED("ClaimRefuted(bytes32,uint256,uint256)", 1, ClaimEvents::claimRefuted),
  /** A claim survived. */
  CLAIM_FINAL("ClaimFinal(bytes32)", 1, ClaimEvents::claimFinal),
  /** A claim was challenged. */
  CHALLENGED(
      "Challenged(bytes32,bytes32,address,uint256,bytes32,bytes32,bytes32[])",
      3,
      GameEvents::challenged),
  /** A segment was picked. */
  SUBDIVIDED(
      "Subdivided(bytes32,uint256,uint256,bytes32,bytes32,bytes32[])", 1, GameEvents::subdivided),
  /** A node's machine trace was opened. */
  MACHINE_OPENED("MachineOpened(bytes32,uint256,bytes32,bytes32[])", 1, GameEvents::machineOpened),
  /** The disputed instruction was executed. */
  INSTRUCTION_EXECUTED(
      "InstructionExecuted(bytes32,uint256,bytes32,bytes32,bytes32,bytes32,address)",
      1,
      GameEvents::instructionExecuted),
  /** A game ended. */
  ENDED("Ended(bytes32,uint8,uint8,uint256,uint256,uint256)", 1, GameEvents::ended),
  /** Money was paid out. */
  WITHDRAWN("Withdrawn(address,uint256)", 1, ClaimEvents::withdrawn);

  private static final Map<Bytes32, EventLayout> BY_TOPIC = new HashMap<>();

  static {
    for (EventLayout layout : values()) {
      BY_TOPIC.put(layout.topic, layout);
    }
  }

  private final String signature;
  private final Bytes32 topic;
  private final int indexed;
  private final Function<EventFields, ArbiterEvent> decoder;

  EventLayout(String signature, int indexed, Function<EventFields, ArbiterEvent> decoder) {
    this.signature = signature;
    this.topic = Signatures.topic(signature);
    this.indexed = indexed;
    this.decoder = decoder;
  }

  /** Name and types of the fields. */
  public String signature() {
    return signature;
  }

  /** First topic of each of its logs. */
  public Bytes32 topic() {
    return topic;
  }

  /** Number of indexed fields, which come first. */
  int indexed() {
    return indexed;
  }

  /**
   * Decodes an event.
   *
   * @param topics of its log
   * @param data of its log
   * @param headers of registered models, because a request does not say of which kind its prompt is
   * @throws MalformedAbiException if the contract has no such event
   */
  public static ArbiterEvent decode(
      List<Bytes32> topics, byte[] data, Function<ModelId, Optional<GraphHeader>> headers) {
    EventLayout layout = topics.isEmpty() ? null : BY_TOPIC.get(topics.getFirst());
    if (layout == null || topics.size() != 1 + layout.indexed) {
      throw new MalformedAbiException("no event has the topics " + topics);
    }
    try {
      return layout.decoder.apply(
          new EventFields(topics.subList(1, topics.size()), new AbiInput(data), headers));
    } catch (IllegalArgumentException | OpmlException e) {
      throw new MalformedAbiException(layout + ": " + e.getMessage(), e);
    }
  }
}
