// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRefusals} from "./IRefusals.sol";
import {ZeroRoots} from "./ZeroRoots.sol";

/// The openings of a witness, read from the first to the last (docs/image.md). Reading does not stop where the witness
/// ends: whoever reads compares where the last one ended.
struct Openings {
    /// Position in the calldata of the next opening.
    uint256 next;
    /// How many were read.
    uint256 count;
    /// Address in memory of the roots of the zero subtrees of heights 0 to 32, in this order.
    uint256 zeroRoots;
}

/// A leaf that was found in the memory.
struct Leaf {
    /// Position in the calldata of its 128 bytes; its sibling path follows.
    uint256 position;
    uint256 index;
}

using MemoryLeaves for Openings global;

/// Finds leaves in a memory of 2^40 bytes, and replaces bytes in them. An aligned access of up to 8 bytes
/// never leaves its leaf.
library MemoryLeaves {
    uint256 private constant LEAF_LENGTH = 128;
    uint256 private constant BITMAP_LENGTH = 8;
    uint256 private constant DEPTH = 33;

    /// @param position of the first opening in the calldata
    function begin(uint256 position) internal pure returns (Openings memory) {
        return Openings(position, 0, ZeroRoots.write());
    }

    /// Reads the opening of the leaf that an address below 2^40 lies in; reverts with InvalidWitness if it is not in
    /// the memory, or its path not in its one encoding.
    /// @param root of the memory
    function open(Openings memory openings, bytes32 root, uint256 location)
        internal
        pure
        returns (Leaf memory leaf)
    {
        leaf.position = openings.next;
        leaf.index = location >> 7;
        bytes32 hash;
        uint256 position = leaf.position;
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, position, LEAF_LENGTH)
            hash := keccak256(free, LEAF_LENGTH)
        }
        (bytes32 found, uint256 next) = fold(openings.zeroRoots, leaf, hash);
        if (found != root) {
            revert IRefusals.InvalidWitness();
        }
        openings.next = next;
        // Cannot overflow: a step reads at most two.
        unchecked {
            openings.count++;
        }
    }

    /// The 8 bytes from an address in the leaf on, the first of them in the low bits. Bytes behind the leaf have no
    /// meaning.
    function load(Leaf memory leaf, uint256 location) internal pure returns (uint256 value) {
        uint256 position = leaf.position;
        assembly ("memory-safe") {
            value := shr(192, calldataload(add(position, and(location, 127))))
        }
        return reversed(value);
    }

    /// The memory's root with other bytes at an address in the leaf.
    /// @param size of the access in bytes, 1, 2, 4 or 8, of which the address is a multiple
    /// @param value the new bytes, the first of them in the low bits; higher bits do not count
    function rootAfterStore(
        Openings memory openings,
        Leaf memory leaf,
        uint256 location,
        uint256 size,
        uint256 value
    ) internal pure returns (bytes32 root) {
        bytes32 hash;
        uint256 position = leaf.position;
        uint256 bigEndian = reversed(value);
        assembly ("memory-safe") {
            // The word that is written reaches at most 31 bytes past the leaf, into memory that nobody has allocated.
            let free := mload(0x40)
            calldatacopy(free, position, LEAF_LENGTH)
            let place := add(free, and(location, 127))
            let bits := shl(3, size)
            mstore(
                place,
                or(shl(sub(256, bits), shr(sub(64, bits), bigEndian)), shr(bits, shl(bits, mload(place))))
            )
            hash := keccak256(free, LEAF_LENGTH)
        }
        (root,) = fold(openings.zeroRoots, leaf, hash);
    }

    /// Follows a path from a leaf to the root; reverts with InvalidWitness if the path is not in its one encoding: a
    /// bit above the tree is set, or a sibling that is a zero subtree is not left out.
    /// @param hash of the leaf
    /// @return root
    /// @return next position in the calldata behind the path
    function fold(uint256 zeroRoots, Leaf memory leaf, bytes32 hash)
        private
        pure
        returns (bytes32 root, uint256 next)
    {
        uint256 position = leaf.position;
        uint256 index = leaf.index;
        bool malformed;
        root = hash;
        // Two of these loops are most of what a step executes.
        assembly ("memory-safe") {
            next := add(position, LEAF_LENGTH)
            let bitmap := shr(192, calldataload(next))
            malformed := shr(DEPTH, bitmap)
            next := add(next, BITMAP_LENGTH)
            // The bit that decides has the value 32, an offset in memory; one above the index ends the loop.
            index := shl(5, or(shl(DEPTH, 1), index))
            for {} gt(index, 63) { index := shr(1, index) } {
                let sibling := mload(zeroRoots)
                if and(bitmap, 1) {
                    let listed := calldataload(next)
                    malformed := or(malformed, eq(listed, sibling))
                    sibling := listed
                    next := add(next, 32)
                }
                // A node is the hash of its left and its right child.
                let side := and(index, 32)
                mstore(side, root)
                mstore(xor(side, 32), sibling)
                root := keccak256(0, 64)
                bitmap := shr(1, bitmap)
                zeroRoots := add(zeroRoots, 32)
            }
            malformed := iszero(iszero(malformed))
        }
        if (malformed) {
            revert IRefusals.InvalidWitness();
        }
    }

    /// A number of 8 bytes with its bytes in the other order.
    function reversed(uint256 x) private pure returns (uint256) {
        x = ((x & 0x00ff00ff00ff00ff) << 8) | ((x >> 8) & 0x00ff00ff00ff00ff);
        x = ((x & 0x0000ffff0000ffff) << 16) | ((x >> 16) & 0x0000ffff0000ffff);
        return uint64((x << 32) | (x >> 32));
    }
}
