// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Eight numbers of 32 bits at once: the lanes of a word, the first one on the left.
library TokenLanes {
    /// The number 1 in each lane.
    uint256 internal constant ONES = 0x0000000100000001000000010000000100000001000000010000000100000001;
    /// The top bit of each lane.
    uint256 internal constant TOPS = ONES << 31;

    uint256 private constant EVEN_BYTES = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
    uint256 private constant EVEN_PAIRS = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;

    /// Turns each lane from little-endian to big-endian, or back.
    function swap(uint256 lanes) internal pure returns (uint256) {
        lanes = ((lanes & EVEN_BYTES) << 8) | ((lanes >> 8) & EVEN_BYTES);
        return ((lanes & EVEN_PAIRS) << 16) | ((lanes >> 16) & EVEN_PAIRS);
    }

    /// What `outside` needs to know of a limit.
    /// @param limit 1 to 2^31 - 1
    function bound(uint256 limit) internal pure returns (uint256) {
        unchecked {
            // Between 1 and 2^31 - 1 in each lane.
            return ((1 << 31) - limit) * ONES;
        }
    }

    /// Has a bit of `TOPS` if a lane is at or above the limit.
    /// @param boundOfLimit from `bound`
    function outside(uint256 lanes, uint256 boundOfLimit) internal pure returns (uint256) {
        unchecked {
            // Wraps, or carries into the next lane, only if a lane has its top bit, which shows here as well.
            return lanes | (lanes + boundOfLimit);
        }
    }

    /// Has the top bit of each lane in which two words are equal, and no other bit.
    function equal(uint256 lanes, uint256 others) internal pure returns (uint256) {
        unchecked {
            uint256 difference = lanes ^ others;
            // No lane carries: both summands are below 2^31.
            return ~(((difference & ~TOPS) + ~TOPS) | difference) & TOPS;
        }
    }

    /// Whether all ids of some memory are below a limit.
    /// @param start where the ids begin, 32 bits each, little-endian
    /// @param end where they end; up to the next whole word, counted from `start`, there must be zeros
    /// @param limit 1 to 2^31 - 1
    function allBelow(uint256 start, uint256 end, uint256 limit) internal pure returns (bool) {
        unchecked {
            uint256 boundOfLimit = bound(limit);
            uint256 bad = 0;
            // Places in memory, far below 2^256.
            for (; start < end; start += 32) {
                uint256 word;
                assembly ("memory-safe") {
                    word := mload(start)
                }
                bad |= outside(swap(word), boundOfLimit);
            }
            return bad & TOPS == 0;
        }
    }
}
