// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Word} from "./Types.sol";

/// State of a game: a code that a position's word holds. Not an enum, because a word that a caller made up may hold any,
/// and because each comparison of enums costs a check that there is such a value.
type Phase is uint256;

using {samePhase as ==, otherPhase as !=} for Phase global;

function samePhase(Phase a, Phase b) pure returns (bool) {
    return Phase.unwrap(a) == Phase.unwrap(b);
}

function otherPhase(Phase a, Phase b) pure returns (bool) {
    return Phase.unwrap(a) != Phase.unwrap(b);
}

/// The phases. Commitments are state roots in the first two, and machine state hashes in all others.
library Phases {
    /// Two or more nodes are disputed.
    Phase internal constant NODES = Phase.wrap(0);
    /// One node is disputed.
    Phase internal constant NODE = Phase.wrap(1);
    /// One node's machine trace of two or more instructions was subdivided for the first time. The other player has not
    /// said its end yet.
    Phase internal constant MACHINE_OPENED = Phase.wrap(2);
    /// The same, of one instruction.
    Phase internal constant INSTRUCTION_OPENED = Phase.wrap(3);
    /// Two or more instructions are disputed.
    Phase internal constant MACHINE = Phase.wrap(4);
    /// One instruction is disputed.
    Phase internal constant INSTRUCTION = Phase.wrap(5);
}

/// All of a position but its commitments. From the highest bit down: phase (4 bits), moves so far (8), disputed node
/// (40), first step of the interval (40), last step (40), the proposer's clock (27), the challenger's (27), time (34)
/// and number (36) of the block in which the turn began. A step is a node or an instruction. The challenger makes the
/// odd moves.
///
/// Nothing here reverts, whatever word a caller made up: that it is none of this arbiter's is found out when its hash is
/// compared.
library PositionWord {
    uint256 private constant PHASE_AT = 252;
    uint256 private constant MOVES_AT = 244;
    uint256 private constant NODE_AT = 204;
    uint256 private constant LOW_AT = 164;
    uint256 private constant LAST_AT = 124;
    uint256 private constant PROPOSER_AT = 97;
    uint256 private constant CHALLENGER_AT = 70;
    uint256 private constant TIME_AT = 36;

    uint256 private constant MASK_8 = type(uint8).max;
    uint256 private constant MASK_27 = 2 ** 27 - 1;
    uint256 private constant MASK_34 = 2 ** 34 - 1;
    uint256 private constant MASK_36 = 2 ** 36 - 1;
    uint256 private constant MASK_40 = type(uint40).max;
    uint256 private constant BOTH_CLOCKS = (2 ** 54 - 1) << CHALLENGER_AT;
    uint256 private constant ONE_MOVE = 2 ** MOVES_AT;

    /// Word of a challenge in this block: one move, and as much time for both.
    /// @param last_ N - 1
    /// @param secondsEach on each clock, below 2^27
    function start(uint256 last_, uint256 secondsEach) internal view returns (Word) {
        uint256 phase_ = Phase.unwrap(last_ == 0 ? Phases.NODE : Phases.NODES);
        uint256 clocks = (secondsEach << PROPOSER_AT) | (secondsEach << CHALLENGER_AT);
        return Word.wrap((phase_ << PHASE_AT) | ONE_MOVE | (last_ << LAST_AT) | clocks | turnBegins());
    }

    /// Word after a move in this block.
    /// @param word of the position that the move answers; the arbiter has stored its hash
    /// @param elapsed seconds that the move took, at most what was left
    /// @param low_ first step of the new interval
    /// @param last_ last step of it
    function next(Word word, uint256 elapsed, Phase phase_, uint256 node_, uint256 low_, uint256 last_)
        internal
        view
        returns (Word)
    {
        unchecked {
            // A game has at most 75 moves. A clock shows at least what elapsed, so the field beside it does not change.
            uint256 moves_ = moves(word) + 1;
            uint256 clocks = (Word.unwrap(word) & BOTH_CLOCKS) - (elapsed << clockToMove(word));
            return Word.wrap(
                (Phase.unwrap(phase_) << PHASE_AT) | (moves_ << MOVES_AT) | (node_ << NODE_AT)
                    | (low_ << LOW_AT) | (last_ << LAST_AT) | clocks | turnBegins()
            );
        }
    }

    /// Time and number of this block. They fit until the year 2514, and for centuries of four blocks a second.
    function turnBegins() private view returns (uint256) {
        return ((block.timestamp & MASK_34) << TIME_AT) | (block.number & MASK_36);
    }

    function phase(Word word) internal pure returns (Phase) {
        return Phase.wrap(Word.unwrap(word) >> PHASE_AT);
    }

    /// Moves so far, the challenge included.
    function moves(Word word) internal pure returns (uint256) {
        return (Word.unwrap(word) >> MOVES_AT) & MASK_8;
    }

    /// The disputed node; 0 as long as there are several.
    function node(Word word) internal pure returns (uint256) {
        return (Word.unwrap(word) >> NODE_AT) & MASK_40;
    }

    /// First step of the interval.
    function low(Word word) internal pure returns (uint256) {
        return (Word.unwrap(word) >> LOW_AT) & MASK_40;
    }

    /// Last step of the interval, inclusive: 2^40 does not fit 40 bits.
    function last(Word word) internal pure returns (uint256) {
        return (Word.unwrap(word) >> LAST_AT) & MASK_40;
    }

    /// Time of the block in which the turn began.
    function turnTime(Word word) internal pure returns (uint256) {
        return (Word.unwrap(word) >> TIME_AT) & MASK_34;
    }

    /// Number of the block in which the turn began.
    function turnBlock(Word word) internal pure returns (uint256) {
        return Word.unwrap(word) & MASK_36;
    }

    /// Whether the challenger made the last move, so that the proposer is to move.
    function byChallenger(Word word) internal pure returns (bool) {
        return Word.unwrap(word) & ONE_MOVE != 0;
    }

    /// Seconds that the player to move had when the turn began.
    function secondsToMove(Word word) internal pure returns (uint256) {
        return (Word.unwrap(word) >> clockToMove(word)) & MASK_27;
    }

    /// Place of that player's clock.
    function clockToMove(Word word) private pure returns (uint256) {
        return byChallenger(word) ? PROPOSER_AT : CHALLENGER_AT;
    }

    /// Moves that the challenger has made.
    function challengersMoves(Word word) internal pure returns (uint256) {
        unchecked {
            return (moves(word) + 1) / 2;
        }
    }

    /// Moves that the proposer has made.
    function proposersMoves(Word word) internal pure returns (uint256) {
        return moves(word) / 2;
    }
}
