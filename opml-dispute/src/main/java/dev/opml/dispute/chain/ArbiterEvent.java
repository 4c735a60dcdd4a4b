package dev.opml.dispute.chain;

import dev.opml.api.InputRoot;
import dev.opml.api.OutputRoot;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;

/**
 * Something that happened at an arbiter. Together with the deployment's parameters and their
 * blocks, the events tell all that {@link ArbiterReader} does.
 */
public sealed interface ArbiterEvent
    permits GameEvent,
        ArbiterEvent.ModelRegistered,
        ArbiterEvent.RequestMade,
        ArbiterEvent.RequestFinal,
        ArbiterEvent.SealingExtended,
        ArbiterEvent.FeePaid,
        ArbiterEvent.Refunded,
        ArbiterEvent.ClaimSealed,
        ArbiterEvent.ClaimRevealed,
        ArbiterEvent.ClaimExpired,
        ArbiterEvent.ClaimRefuted,
        ArbiterEvent.ClaimFinal,
        ArbiterEvent.Withdrawn {
  /** A model was registered; emitted again, with the same model, when somebody does so again. */
  record ModelRegistered(ModelView model, Address publisher, ModelSource source)
      implements ArbiterEvent {}

  /**
   * A request was made.
   *
   * @param inputRoot root of the input region, as the arbiter built it
   * @param initialRoot {@code S_0}
   * @param traceLength {@code N}
   */
  record RequestMade(
      RequestId request,
      Address requester,
      RequestTerms terms,
      InputRoot inputRoot,
      StateRoot initialRoot,
      long traceLength)
      implements ArbiterEvent {}

  /**
   * The request's first claim became final: the tokens that it was sealed with are the result. On a
   * chain, the consumer is called after this.
   */
  record RequestFinal(RequestId request, ClaimId claim) implements ArbiterEvent {}

  /**
   * A claim failed, so others get time to seal.
   *
   * @param sealingDeadline last second in which a claim can be sealed, counted from this event's
   *     block
   */
  record SealingExtended(RequestId request, long sealingDeadline) implements ArbiterEvent {}

  /** The fee was credited to the earliest-sealed claim with the final root. */
  record FeePaid(RequestId request, ClaimId claim, Address proposer, Wei fee)
      implements ArbiterEvent {}

  /** The request ended without a final claim and the fee was credited to the requester. */
  record Refunded(RequestId request, Address requester, Wei fee) implements ArbiterEvent {}

  /**
   * A claim was sealed; the tokens are public.
   *
   * @param number its place among the request's claims, from 1
   * @param outputRoot root of the output region, as the arbiter built it of the tokens
   */
  record ClaimSealed(
      ClaimId claim,
      RequestId request,
      long number,
      Address proposer,
      Seal seal,
      TokenIds output,
      OutputRoot outputRoot)
      implements ArbiterEvent {}

  /** A claim was revealed: it can be challenged. */
  record ClaimRevealed(ClaimId claim, StateRoot finalRoot) implements ArbiterEvent {}

  /** A claim was not revealed in time and its bond was burnt. */
  record ClaimExpired(ClaimId claim, Wei burnt) implements ArbiterEvent {}

  /**
   * A claim lost a game.
   *
   * @param quota the most that each of its games that are still open gets from its bond when it is
   *     closed
   * @param burnt burnt at once: all of the bond but the winner's reward and the quotas
   */
  record ClaimRefuted(ClaimId claim, Wei quota, Wei burnt) implements ArbiterEvent {}

  /** A claim survived and its bond was credited to the proposer. */
  record ClaimFinal(ClaimId claim) implements ArbiterEvent {}

  /** An account took its credit. */
  record Withdrawn(Address account, Wei amount) implements ArbiterEvent {}
}
