package dev.opml.dispute.local;

import dev.opml.api.OutputRoot;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.Window;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The part of a claim that the arbiter stores. Guarded by the arbiter's lock. */
final class ClaimRecord {
  final ClaimId id;
  final RequestRecord request;
  final long number;
  final Address proposer;
  final Seal seal;
  final TokenIds output;
  final OutputRoot outputRoot;
  final Window revealDelay;
  final Window reveal;
  ClaimStatus status = ClaimStatus.SEALED;
  @Nullable Window challenge;
  @Nullable StateRoot finalRoot;
  int openGames;

  /** Each open game's share of the bond, once the claim is refuted. */
  Wei quota = Wei.ZERO;

  ClaimRecord(
      ClaimId id,
      RequestRecord request,
      long number,
      Address proposer,
      Seal seal,
      TokenIds output,
      OutputRoot outputRoot,
      Window revealDelay,
      Window reveal) {
    this.id = id;
    this.request = request;
    this.number = number;
    this.proposer = proposer;
    this.seal = seal;
    this.output = output;
    this.outputRoot = outputRoot;
    this.revealDelay = revealDelay;
    this.reveal = reveal;
  }

  /** Bond of the proposer. */
  Wei bond() {
    return request.terms.policy().bond();
  }

  /** The final root of a claim that has been revealed. */
  StateRoot revealedRoot() {
    return Objects.requireNonNull(finalRoot);
  }

  /** The time in which a claim that has been revealed can be challenged. */
  Window challengeWindow() {
    return Objects.requireNonNull(challenge);
  }

  /**
   * For reading.
   *
   * @param games all games, from the events
   */
  ClaimView view(List<GameId> games) {
    return new ClaimView(
        id,
        request.id,
        number,
        proposer,
        seal,
        output,
        outputRoot,
        status,
        revealDelay,
        reveal,
        Optional.ofNullable(challenge),
        Optional.ofNullable(finalRoot),
        openGames,
        games,
        quota);
  }
}
