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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the arbiter stores of a claim. Guarded by the arbiter's lock. */
final class ClaimRecord {
  final ClaimId id;
  final RequestRecord request;
  final Address proposer;
  final Seal seal;
  final TokenIds output;
  final OutputRoot outputRoot;
  final long sealedAt;
  final List<GameId> games = new ArrayList<>();
  ClaimStatus status = ClaimStatus.SEALED;
  long revealedAt;
  @Nullable StateRoot finalRoot;
  int openGames;

  /** Each open game's share of the bond, once the claim is refuted. */
  Wei quota = Wei.ZERO;

  ClaimRecord(
      ClaimId id,
      RequestRecord request,
      Address proposer,
      Seal seal,
      TokenIds output,
      OutputRoot outputRoot,
      long sealedAt) {
    this.id = id;
    this.request = request;
    this.proposer = proposer;
    this.seal = seal;
    this.output = output;
    this.outputRoot = outputRoot;
    this.sealedAt = sealedAt;
  }

  /** Bond of the proposer. */
  Wei bond() {
    return request.terms.policy().bond();
  }

  /** The final root of a claim that has been revealed. */
  StateRoot revealedRoot() {
    return Objects.requireNonNull(finalRoot);
  }

  /** Last second in which the claim can be challenged. */
  long challengeDeadline() {
    return revealedAt + request.terms.policy().challengeWindow();
  }

  ClaimView view() {
    return new ClaimView(
        id,
        request.id,
        proposer,
        seal,
        output,
        outputRoot,
        status,
        sealedAt,
        revealedAt,
        Optional.ofNullable(finalRoot),
        openGames,
        List.copyOf(games),
        quota);
  }
}
