// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Sampling} from "./Types.sol";

/// Ranges of the parameters of sampling (docs/image.md, "Sampling"). Of floats that are not negative, the bits are in the
/// order of the values; those of -0, of negative ones and of what is not a number are above all others that are allowed.
library SamplingRules {
    /// 2^-7, least temperature and repeat penalty.
    uint256 private constant LEAST = 0x3c000000;
    /// 2^7, most of these, and of the size of the other penalties.
    uint256 private constant MOST = 0x43000000;
    uint256 private constant ONE = 0x3f800000;
    uint256 private constant MINUS_ZERO = 0x80000000;
    uint256 private constant MOST_INT = 0x7fffffff;

    /// Whether each parameter is in its range.
    function isValid(Sampling memory s) internal pure returns (bool) {
        return (s.temperature == 0 || isFactor(s.temperature)) && s.topK <= MOST_INT && s.topP != 0
            && s.topP <= ONE && s.minP < ONE && isFactor(s.repeatPenalty) && isTerm(s.presencePenalty)
            && isTerm(s.frequencyPenalty) && s.penaltyWindow <= MOST_INT
            // A window without effect would be another input root for the same request.
            && (s.penaltyWindow != 0)
                == (s.repeatPenalty != ONE || s.presencePenalty != 0 || s.frequencyPenalty != 0);
    }

    function isFactor(uint256 bits) private pure returns (bool) {
        return bits >= LEAST && bits <= MOST;
    }

    function isTerm(uint256 bits) private pure returns (bool) {
        return bits & ~MINUS_ZERO <= MOST && bits != MINUS_ZERO;
    }
}
