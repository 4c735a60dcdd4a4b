// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Division of an interval of steps into m = min(k, size) segments: boundary b, from 0 to m, is
/// low + ⌊size · b / m⌋. So no segment is empty, and they differ by at most one. Intervals are given by their
/// first and last step.
library Segments {
    /// Number of segments, at least 1: also for an interval that is none, because a caller may have made it up.
    function count(uint256 arity, uint256 low, uint256 last) internal pure returns (uint256) {
        unchecked {
            // The size less 1. Wraps to more than any arity if there is no such interval; the sum is at most the arity.
            uint256 others = last - low;
            return others < arity ? others + 1 : arity;
        }
    }

    /// Step at a boundary.
    /// @param segments at least 1
    /// @param index from 0 to segments
    function boundary(uint256 low, uint256 last, uint256 segments, uint256 index)
        internal
        pure
        returns (uint256)
    {
        unchecked {
            // Steps are below 2^40, and there are at most 64 segments.
            return low + (last + 1 - low) * index / segments;
        }
    }
}
