// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Parameters} from "../src/Types.sol";

/// The parameters that Java calls standard.
library StandardParameters {
    function get() internal pure returns (Parameters memory) {
        return Parameters({
            nodeArity: 12,
            instructionArity: 16,
            clockSeconds: 3600,
            machineSeconds: 7200,
            secondsPerMove: 60,
            revealDelay: 60,
            revealWindow: 3600,
            challengeWindow: 24 * 3600,
            sealingWindow: 3600,
            longestChallengeWindow: 14 days,
            longestSealingWindow: 14 days,
            claimBond: 2.5 ether,
            claimBondPerNode: 1000 gwei,
            challengerBond: 0.5 ether,
            bounty: 0.1 ether,
            burnBasisPoints: 5000,
            moveReward: 0.006 ether,
            endReward: 0.006 ether,
            witnessReward: 0.03 ether,
            coveredGames: 8,
            nodeMicros: 1000,
            longestSeconds: 3600,
            blockSeconds: 12
        });
    }
}
