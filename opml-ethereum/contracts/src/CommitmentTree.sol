// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRefusals} from "./IRefusals.sol";

/// The Merkle tree over the commitments of a subdivision. Leaves are the commitments themselves, an inner node is the
/// hash of its two children, and an odd level is filled up with zero. That is unambiguous only because the number of
/// leaves is known from elsewhere: it follows from the position's word, which is hashed beside the root.
library CommitmentTree {
    /// One segment of a position, as a move opens it.
    struct Opened {
        /// The last mover's commitment at the segment's start; in the first segment, the agreed one.
        bytes32 low;
        /// The last mover's commitment at the segment's end.
        bytes32 high;
        /// What the other player has said of the interval's end. Set in the last segment, and in the first.
        bytes32 other;
        /// keccak(agreed ‖ other)
        bytes32 ends;
        /// Root that the opening leads to.
        bytes32 root;
        /// How many values the opening took.
        uint256 taken;
    }

    /// Hash of two words. Both lie in the scratch space, which costs no memory.
    function pair(bytes32 left, bytes32 right) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            mstore(0x00, left)
            mstore(0x20, right)
            hash := keccak256(0x00, 0x40)
        }
    }

    /// Root over one leaf or more. Uses the array up: each level is written over the first half of the one below, where
    /// a node lies at or before its children. In assembly because of that, and because no access needs a check of its
    /// bounds.
    function root(bytes32[] memory leaves) internal pure returns (bytes32 result) {
        assembly ("memory-safe") {
            let level := add(leaves, 0x20)
            for { let count := mload(leaves) } gt(count, 1) { count := shr(1, add(count, 1)) } {
                let pairsEnd := add(level, shl(5, shr(1, count)))
                let child := level
                let node := level
                for {} lt(node, pairsEnd) { node := add(node, 0x20) } {
                    mstore(node, keccak256(child, 0x40))
                    child := add(child, 0x40)
                }
                if and(count, 1) {
                    mstore(0x00, mload(child))
                    mstore(0x20, 0)
                    mstore(node, keccak256(0x00, 0x40))
                }
            }
            result := mload(level)
        }
    }

    /// Opens a segment of a position: the values begin with the leaf at the segment's end; the one before, unless the
    /// segment is the first; agreed and other for the first and the last segment, else their hash; and the siblings
    /// that lead from the leaves to the root. How many there are follows from the place of the segment alone. Reverts with
    /// WrongOpening if one is missing.
    /// @param count number of segments, at least 1
    /// @param segment below count
    function open(bytes32[] calldata values, uint256 count, uint256 segment)
        internal
        pure
        returns (Opened memory opened)
    {
        unchecked {
            // A segment is below a count, which is at most 64.
            bool last = segment + 1 == count;
            uint256 head = segment != 0 && last ? 4 : 3;
            require(values.length >= head, IRefusals.WrongOpening());
            opened.high = values[0];
            // In the first segment, where there is no leaf before, the agreed commitment.
            opened.low = values[1];
            if (segment == 0 || last) {
                opened.other = values[head - 1];
                opened.ends = pair(values[head - 2], opened.other);
            } else {
                opened.ends = values[2];
            }
            (opened.root, opened.taken) = fold(values, head, count, segment, opened.high, opened.low);
        }
    }

    /// Root that a leaf and the one before it lead to. In assembly, which saves 400 gas a move.
    /// @param values siblings, from an index on
    /// @param next index of the first sibling
    /// @param count number of leaves
    /// @param index of the leaf
    /// @param before the leaf before it; not looked at if the index is 0
    /// @return result the root
    /// @return taken index of the first value after the siblings
    function fold(
        bytes32[] calldata values,
        uint256 next,
        uint256 count,
        uint256 index,
        bytes32 leaf,
        bytes32 before
    ) internal pure returns (bytes32 result, uint256 taken) {
        bool missing;
        assembly ("memory-safe") {
            let sibling := add(values.offset, shl(5, next))
            let end := add(values.offset, shl(5, values.length))
            // The two paths from the leaves upwards join where one is the left child and the other the right one.
            let joined := iszero(index)
            for {} gt(count, 1) {} {
                switch and(index, 1)
                case 1 {
                    if joined {
                        if iszero(lt(sibling, end)) {
                            missing := 1
                            break
                        }
                        before := calldataload(sibling)
                        sibling := add(sibling, 0x20)
                    }
                    mstore(0x00, before)
                    mstore(0x20, leaf)
                    joined := 1
                }
                default {
                    if iszero(joined) {
                        if iszero(lt(sibling, end)) {
                            missing := 1
                            break
                        }
                        mstore(0x00, calldataload(sibling))
                        mstore(0x20, before)
                        before := keccak256(0x00, 0x40)
                        sibling := add(sibling, 0x20)
                    }
                    mstore(0x00, leaf)
                    mstore(0x20, 0)
                    if lt(add(index, 1), count) {
                        if iszero(lt(sibling, end)) {
                            missing := 1
                            break
                        }
                        mstore(0x20, calldataload(sibling))
                        sibling := add(sibling, 0x20)
                    }
                }
                leaf := keccak256(0x00, 0x40)
                index := shr(1, index)
                count := shr(1, add(count, 1))
            }
            result := leaf
            taken := shr(5, sub(sibling, values.offset))
        }
        require(!missing, IRefusals.WrongOpening());
    }
}
