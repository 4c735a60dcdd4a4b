// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A model: keccak of its image root and its graph header.
type ModelId is bytes32;

/// A request; its preimage begins with the byte 1.
type RequestId is bytes32;

/// A claim; its preimage begins with the byte 3.
type ClaimId is bytes32;

/// A game; its preimage begins with the byte 4.
type GameId is bytes32;

/// All of a position but its commitments, packed: see PositionWord.
type Word is uint256;

using {sameClaim as ==} for ClaimId global;

function sameClaim(ClaimId a, ClaimId b) pure returns (bool) {
    return ClaimId.unwrap(a) == ClaimId.unwrap(b);
}

/// The parameters of a deployment, which never change. Times are in seconds, amounts in wei.
struct Parameters {
    /// Segments a move among nodes, 2 to 64.
    uint256 nodeArity;
    /// Segments a move inside a node, 2 to 64.
    uint256 instructionArity;
    /// On each player's clock, beside the time for work.
    uint256 clockSeconds;
    /// On each player's clock for two passes over a node in the off-chain machine.
    uint256 machineSeconds;
    /// What one move must be allowed to take.
    uint256 secondsPerMove;
    /// From the seal to the first moment of its reveal.
    uint256 revealDelay;
    /// How long the reveal is possible after that.
    uint256 revealWindow;
    /// Least time for challenges after the reveal.
    uint256 challengeWindow;
    /// Least time for sealing that a request gives, and gets anew when a claim fails.
    uint256 sealingWindow;
    /// Most time for challenges that a requester may ask for.
    uint256 longestChallengeWindow;
    /// Most time for sealing that a requester may give.
    uint256 longestSealingWindow;
    /// Part of a claim's least bond that does not depend on the trace.
    uint256 claimBond;
    /// Part of a claim's least bond for each node of the trace.
    uint256 claimBondPerNode;
    /// Bond of every challenger.
    uint256 challengerBond;
    /// For the winner of a game, beside what is due to it.
    uint256 bounty;
    /// Share of a lost bond that is burnt whatever else happens, 5,000 to 10,000.
    uint256 burnBasisPoints;
    /// For each accepted move.
    uint256 moveReward;
    /// For the transaction that ends or closes a game.
    uint256 endReward;
    /// For the witness, on top of the reward for the end.
    uint256 witnessReward;
    /// Games, beside the first, for which a claim's bond pays all that is due.
    uint256 coveredGames;
    /// Microseconds for a node.
    uint256 nodeMicros;
    /// Longest run that may be requested.
    uint256 longestSeconds;
    /// Longest time that one block stands for.
    uint256 blockSeconds;
}

/// A guest program that may be registered.
struct Program {
    uint256 formatVersion;
    bytes32 root;
}

/// What a registration opens of an image; each path is `u64 bitmap ‖ siblings` (docs/image.md).
struct Registration {
    bytes32 imageRoot;
    /// The graph's header leaf, 128 bytes.
    bytes header;
    bytes headerPath;
    bytes32 programRoot;
    bytes programPath;
    bytes inputPath;
    bytes outputPath;
    bytes statePath;
}

/// What a request needs of its model's registration.
struct Model {
    bytes32 imageRoot;
    bytes header;
    bytes inputPath;
}

/// How tokens are drawn. Floats are their 32 bits.
struct Sampling {
    uint32 temperature;
    uint32 topK;
    uint32 topP;
    uint32 minP;
    uint64 seed;
    uint32 repeatPenalty;
    uint32 presencePenalty;
    uint32 frequencyPenalty;
    uint32 penaltyWindow;
}

/// A computation: a prompt and how to continue it.
struct Inference {
    /// Token ids, 32 bits each, little-endian; or a vector of bytes, as the model's header says.
    bytes prompt;
    uint32 maxNewTokens;
    /// 0: never stop; 1: stop after a stop token.
    uint8 stopPolicy;
    Sampling sampling;
    /// Answers that are allowed, one after the other: its length, then its token ids, 32 bits each,
    /// little-endian. Empty: any answer.
    bytes choices;
}

/// A requester's question and offer.
struct RequestTerms {
    ModelId model;
    Inference inference;
    uint256 fee;
    /// Last second in which a claim can be sealed, since 1970.
    uint64 sealingDeadline;
    /// Who is called with the final output.
    address consumer;
    /// Time for challenges after the reveal, in seconds.
    uint64 challengeWindow;
    /// Bond of the proposer.
    uint256 bond;
    /// Chosen by the requester, so that it can ask the same twice.
    uint64 nonce;
}

/// Where a request stands. NONE: there is no such request.
enum RequestStatus {
    NONE,
    OPEN,
    FINAL,
    REFUNDED
}

/// Where a claim stands. NONE: there is no such claim.
enum ClaimStatus {
    NONE,
    SEALED,
    REVEALED,
    EXPIRED,
    REFUTED,
    FINAL
}

/// Why a game ended.
enum EndReason {
    INSTRUCTION_EXECUTED,
    TIME_OUT,
    CLAIM_REFUTED
}

/// Who won a game. NOBODY: its claim was refuted in another.
enum Winner {
    NOBODY,
    PROPOSER,
    CHALLENGER
}
