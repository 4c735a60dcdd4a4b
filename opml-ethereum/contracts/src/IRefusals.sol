// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Why a transaction is refused. Each error is one rule (docs/protocol.md), with the name of the refusal that
/// the arbiter in Java gives.
interface IRefusals {
    /// The openings do not lead to the image root, or a region that must be zero is not.
    error InvalidRegistration();
    /// The program is not on the deployment's list for this format version.
    error ProgramNotAllowed();
    /// No such model was registered, or it is not what the request repeats of it.
    error UnknownModel();
    /// The request does not fit the model's limits, or a parameter its range.
    error RequestOutOfLimits();
    /// The trace would be longer than 2^40 nodes.
    error TraceTooLong();
    /// Running the request would take longer than the deployment allows.
    error TooMuchWork();
    /// A window, deadline or bond is outside what the deployment allows.
    error PolicyOutOfRange();
    /// A fee is more than 2^96 - 1 wei.
    error AmountOutOfRange();
    /// The same request, claim or game exists already.
    error Duplicate();
    /// No such request exists.
    error UnknownRequest();
    /// The request is final or refunded.
    error RequestClosed();
    /// The window has ended.
    error TooLate();
    /// The window has not begun or has not ended.
    error TooEarly();
    /// The output has more tokens than were asked for, none, or one outside the vocabulary.
    error OutputOutOfLimits();
    /// No such claim exists.
    error UnknownClaim();
    /// The claim is not in the state that this transaction needs.
    error WrongClaimStatus();
    /// The revealed values are not those that were sealed.
    error SealMismatch();
    /// The output does not open against the final root.
    error OutputNotInFinalRoot();
    /// Something that must be decided first is still undecided.
    error StillUndecided();
    /// The fee was paid or refunded already.
    error FeeGone();
    /// Only this claim's proposer, or this game's players, may do that.
    error NotYours();
    /// No such game exists.
    error UnknownGame();
    /// The game has ended.
    error GameOver();
    /// The claim that the game is about was refuted in another.
    error ClaimRefutedElsewhere();
    /// The move answers another position than the stored one.
    error StalePosition();
    /// It is the other player's turn.
    error NotYourTurn();
    /// The clock of the player to move has run out.
    error ClockExpired();
    /// The clock of the player to move has not run out.
    error ClockRunning();
    /// A segment is opened with more or less than its place in the subdivision needs.
    error WrongOpening();
    /// This kind of move is not possible in this phase.
    error WrongPhase();
    /// The challenger names another final root than the claim's.
    error WrongClaimedRoot();
    /// There is no such segment.
    error SegmentOutOfRange();
    /// The mover's own end is the same as the opponent's.
    error NothingDisputed();
    /// The mover's end is not the one it has given before.
    error EndChanged();
    /// The number of interior commitments is not the one that the segment needs.
    error WrongSubdivision();
    /// An end state does not contain the disputed root, or is no end.
    error WrongEndState();
    /// The witness does not open the agreed pre-state; the clock runs on.
    error InvalidWitness();
    /// The value that was sent is not the fee or bond.
    error InsufficientFunds();
}
