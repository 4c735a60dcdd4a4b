package dev.opml.dispute.chain;

import dev.opml.api.OutputRoot;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import java.util.List;
import java.util.Optional;

/**
 * A claim as it stands. Times are in seconds since 1970.
 *
 * @param id its identity
 * @param request the request it answers
 * @param proposer who made it
 * @param seal its seal
 * @param output claimed tokens, public from the start
 * @param outputRoot root of the output region that holds them
 * @param status where it stands
 * @param sealedAt time of the seal
 * @param revealedAt time of the reveal, 0 before
 * @param finalRoot {@code S_N}, once revealed
 * @param openGames number of games that have not ended
 * @param games all games
 * @param quota the most that each open game of a refuted claim gets from the claim's bond when it
 *     is closed; 0 before
 */
public record ClaimView(
    ClaimId id,
    RequestId request,
    Address proposer,
    Seal seal,
    TokenIds output,
    OutputRoot outputRoot,
    ClaimStatus status,
    long sealedAt,
    long revealedAt,
    Optional<StateRoot> finalRoot,
    int openGames,
    List<GameId> games,
    Wei quota) {}
