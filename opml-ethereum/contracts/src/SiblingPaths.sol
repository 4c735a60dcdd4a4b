// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Paths of subtrees in the tree over persistent memory, in their one encoding (docs/image.md): `u64 bitmap ‖ siblings`,
/// a sibling that is a zero subtree left out.
library SiblingPaths {
    /// Height of the tree.
    uint256 internal constant TREE_HEIGHT = 32;

    /// The root that a path leads to.
    /// @param path as it was sent
    /// @param height of the subtree, 0 (a leaf) to 31
    /// @param index of the subtree among those of its height, below 2^(32 - height)
    /// @param subtree root of the subtree
    /// @param zeros roots of the zero subtrees
    /// @return valid whether this is the path's one encoding
    /// @return root without a meaning if it is not
    function fold(
        bytes calldata path,
        uint256 height,
        uint256 index,
        bytes32 subtree,
        bytes32[TREE_HEIGHT] memory zeros
    ) internal pure returns (bool valid, bytes32 root) {
        root = subtree;
        // In assembly: half the gas, because nothing here can leave the arrays. Memory-safe: it writes the two scratch
        // words. A path that is shorter than its bitmap says reads what follows it; `valid` is false then.
        assembly ("memory-safe") {
            let bitmap := shr(192, calldataload(path.offset))
            let next := add(path.offset, 8)
            let bad := shr(sub(TREE_HEIGHT, height), bitmap)
            let zero := add(zeros, shl(5, height))
            let end := add(zeros, shl(5, TREE_HEIGHT))
            for {} lt(zero, end) { zero := add(zero, 32) } {
                let sibling := mload(zero)
                if and(bitmap, 1) {
                    let given := calldataload(next)
                    bad := or(bad, eq(given, sibling))
                    sibling := given
                    next := add(next, 32)
                }
                // The left one of the two comes first.
                let side := shl(5, and(index, 1))
                mstore(side, root)
                mstore(xor(side, 32), sibling)
                root := keccak256(0, 64)
                index := shr(1, index)
                bitmap := shr(1, bitmap)
            }
            valid := iszero(or(bad, sub(next, add(path.offset, path.length))))
        }
    }
}
