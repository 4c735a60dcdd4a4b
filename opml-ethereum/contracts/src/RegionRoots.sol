// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Roots of the input and output regions: 2^24 bytes of which the first are given and all others zero.
library RegionRoots {
    /// Height of a region's subtree.
    uint256 internal constant HEIGHT = 17;
    /// Bytes in a region.
    uint256 internal constant SIZE = 1 << 24;
    uint256 private constant LEAF_SIZE = 128;

    /// Takes memory for a region that begins with `length` bytes: whole leaves, and a word behind them, all zero. So a
    /// reader of whole words finds zeros behind the content.
    /// @return start where it begins
    function allocate(uint256 length) internal pure returns (uint256 start) {
        unchecked {
            // Lengths are those of calldata, or of regions.
            uint256 size = roundUp(length) + 32;
            assembly ("memory-safe") {
                start := mload(0x40)
                mstore(0x40, add(start, size))
                // There is nothing behind the end of calldata, so this writes zeros.
                calldatacopy(start, calldatasize(), size)
            }
        }
    }

    /// The next multiple of a leaf's 128 bytes.
    function roundUp(uint256 length) internal pure returns (uint256) {
        unchecked {
            // Lengths are those of calldata, or of regions.
            return (length + (LEAF_SIZE - 1)) & ~(LEAF_SIZE - 1);
        }
    }

    /// The root of a region. Its memory is used for the tree: afterwards the content is gone.
    /// @param start where the region begins, from `allocate`
    /// @param length bytes of the content, 1 to 2^24
    /// @param zeros roots of the zero subtrees
    function root(uint256 start, uint256 length, bytes32[32] memory zeros)
        internal
        pure
        returns (bytes32 result)
    {
        uint256 count = roundUp(length) / LEAF_SIZE;
        // In assembly, because Solidity cannot hash a part of memory without a copy of it. Memory-safe: a node is never
        // written behind the ones that it is made of, or behind the leaves if it is a zero subtree that pads a level.
        assembly ("memory-safe") {
            let to := start
            let end := add(start, shl(5, count))
            for { let leaf := start } lt(to, end) { leaf := add(leaf, 128) } {
                mstore(to, keccak256(leaf, 128))
                to := add(to, 32)
            }
            let zero := zeros
            let top := add(zeros, mul(32, HEIGHT))
            for {} gt(count, 1) { zero := add(zero, 32) } {
                // Behind the last node, for one that has no sibling.
                mstore(to, mload(zero))
                count := shr(1, add(count, 1))
                to := start
                end := add(start, shl(5, count))
                for { let pair := start } lt(to, end) { pair := add(pair, 64) } {
                    mstore(to, keccak256(pair, 64))
                    to := add(to, 32)
                }
            }
            // One node is left, and nothing but zeros on its right.
            result := mload(start)
            for {} lt(zero, top) { zero := add(zero, 32) } {
                mstore(0, result)
                mstore(32, mload(zero))
                result := keccak256(0, 64)
            }
        }
    }
}
