// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Parameters} from "./Types.sol";

/// Which parameters are possible: each in its range, and clocks, windows and bonds such that they suffice for the
/// longest game about the longest trace. Exactly what the arbiter in Java accepts.
library ParameterRules {
    /// No arbiter can have these parameters.
    error ImpossibleParameters(string why);

    uint256 private constant LEAST_ARITY = 2;
    uint256 private constant MOST_ARITY = 64;
    /// Keeps times far from overflow.
    uint256 private constant YEAR = 365 days;
    uint256 private constant MOST_NODE_MICROS = 1_000_000;
    uint256 private constant MOST_COVERED_GAMES = 1_000;
    uint256 private constant HALF = 5_000;
    uint256 private constant ALL = 10_000;
    uint256 private constant MOST_TIMES_LEAST_BOND = 10;
    /// What one amount can be, so that it can be packed with an address.
    uint256 private constant MOST_WEI = type(uint96).max;
    uint256 private constant LONGEST_TRACE = 1 << 40;
    uint256 private constant LONGEST_MACHINE_TRACE = 1 << 32;

    /// Reverts with ImpossibleParameters unless an arbiter can have them.
    function check(Parameters memory p) internal pure {
        checkArity(p.nodeArity);
        checkArity(p.instructionArity);
        checkTimes(p);
        checkAmounts(p);
        checkRoom(p);
        uint256 moves = (mostMoves(p) + 1) / 2;
        checkThat(
            p.clockSeconds >= moves * p.secondsPerMove, "clockSeconds: less than the moves of a game take"
        );
        uint256 mostDue = moves * p.moveReward + p.endReward + p.witnessReward;
        checkThat(rest(p, p.challengerBond) >= mostDue + p.bounty, "challengerBond: does not pay the winner");
        checkThat(
            rest(p, p.claimBond) >= (1 + p.coveredGames) * mostDue + p.bounty,
            "claimBond: does not pay the covered games"
        );
    }

    function checkArity(uint256 segments) private pure {
        checkWithin(segments, LEAST_ARITY, MOST_ARITY, "arity");
    }

    function checkTimes(Parameters memory p) private pure {
        checkWithin(p.clockSeconds, 1, YEAR, "clockSeconds");
        checkWithin(p.machineSeconds, 0, YEAR, "machineSeconds");
        checkWithin(p.secondsPerMove, 1, YEAR, "secondsPerMove");
        checkWithin(p.revealDelay, 0, YEAR, "revealDelay");
        checkWithin(p.revealWindow, 1, YEAR, "revealWindow");
        checkWithin(p.longestChallengeWindow, 1, YEAR, "longestChallengeWindow");
        checkWithin(p.longestSealingWindow, 1, YEAR, "longestSealingWindow");
        checkWithin(p.challengeWindow, 1, p.longestChallengeWindow, "challengeWindow");
        checkWithin(p.sealingWindow, 1, p.longestSealingWindow, "sealingWindow");
        checkWithin(p.nodeMicros, 0, MOST_NODE_MICROS, "nodeMicros");
        checkWithin(p.longestSeconds, 1, YEAR, "longestSeconds");
        checkWithin(p.blockSeconds, 1, YEAR, "blockSeconds");
    }

    /// Whatever costs nothing is never ended; and no amount may overflow where it is packed or added.
    function checkAmounts(Parameters memory p) private pure {
        checkWithin(p.burnBasisPoints, HALF, ALL, "burnBasisPoints");
        checkWithin(p.coveredGames, 0, MOST_COVERED_GAMES, "coveredGames");
        checkWithin(p.claimBond, 1, MOST_WEI, "claimBond");
        checkWithin(p.claimBondPerNode, 0, MOST_WEI, "claimBondPerNode");
        uint256 most = (p.claimBond + p.claimBondPerNode * LONGEST_TRACE) * MOST_TIMES_LEAST_BOND;
        checkThat(most <= MOST_WEI, "claimBond: the highest for the longest trace does not fit 96 bits");
        checkWithin(p.challengerBond, 1, MOST_WEI, "challengerBond");
        checkWithin(p.bounty, 0, MOST_WEI, "bounty");
        checkWithin(p.moveReward, 0, MOST_WEI, "moveReward");
        checkWithin(p.endReward, 0, MOST_WEI, "endReward");
        checkWithin(p.witnessReward, 0, MOST_WEI, "witnessReward");
    }

    /// A requester must be able to give enough time for the longest run that may be requested.
    function checkRoom(Parameters memory p) private pure {
        checkThat(
            p.sealingWindow + 2 * p.longestSeconds <= p.longestSealingWindow,
            "longestSealingWindow: too short for the longest run"
        );
        checkThat(
            p.challengeWindow + 3 * p.longestSeconds <= p.longestChallengeWindow,
            "longestChallengeWindow: too short for the longest run"
        );
    }

    /// Most moves of any game: the challenge, the picks of a segment, the opening of the machine and the witness.
    function mostMoves(Parameters memory p) private pure returns (uint256) {
        return subdivisions(p.nodeArity, LONGEST_TRACE)
            + subdivisions(p.instructionArity, LONGEST_MACHINE_TRACE) + 1;
    }

    /// Most subdivisions that cut some steps down to one, the first of them included.
    function subdivisions(uint256 arity, uint256 steps) private pure returns (uint256 moves) {
        moves = 1;
        while (steps > 1) {
            uint256 segments = steps < arity ? steps : arity;
            // The largest segment.
            steps = (steps + segments - 1) / segments;
            moves++;
        }
    }

    /// The part of a lost bond that rewards are paid from; the other is rounded up.
    function rest(Parameters memory p, uint256 bond) private pure returns (uint256) {
        return bond - (bond * p.burnBasisPoints + ALL - 1) / ALL;
    }

    function checkWithin(uint256 value, uint256 least, uint256 most, string memory name) private pure {
        checkThat(value >= least && value <= most, name);
    }

    function checkThat(bool possible, string memory why) private pure {
        require(possible, ImpossibleParameters(why));
    }
}
