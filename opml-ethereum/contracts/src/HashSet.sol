// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A set of hashes in memory: a table with open addressing, at most half full.
struct HashSet {
    /// Where the table begins.
    uint256 table;
    /// The offset in bytes of its last place; there is a power of two of them.
    uint256 mask;
    /// What leaves the number of a place from 256 bits.
    uint256 shift;
    /// An odd number that spreads the hashes.
    uint256 salt;
}

using {HashSets.add, HashSets.contains} for HashSet global;

library HashSets {
    /// An empty set.
    /// @param most how many hashes will be added at most, 1 to 2^64
    /// @param seed a hash of everything that goes in. So nobody can choose hashes that meet in the table: the places of
    /// all change with each of them.
    function create(uint256 most, uint256 seed) internal pure returns (HashSet memory set) {
        unchecked {
            // Of the numbers in the comment above.
            uint256 last = 2 * most - 1;
            uint256 shift;
            assembly ("memory-safe") {
                shift := clz(last)
            }
            uint256 places = 1 << (256 - shift);
            uint256 table;
            assembly ("memory-safe") {
                table := mload(0x40)
                mstore(0x40, add(table, shl(5, places)))
                // There is nothing behind the end of calldata, so this writes zeros.
                calldatacopy(table, calldatasize(), shl(5, places))
            }
            set = HashSet({table: table, mask: 32 * (places - 1), shift: shift, salt: seed | 1});
        }
    }

    /// Adds a hash.
    /// @return isNew false if it was there already
    function add(HashSet memory set, bytes32 hash) internal pure returns (bool isNew) {
        (uint256 place, bool found) = find(set, hash);
        assembly ("memory-safe") {
            mstore(place, hash)
        }
        return !found;
    }

    function contains(HashSet memory set, bytes32 hash) internal pure returns (bool found) {
        (, found) = find(set, hash);
    }

    /// The place of a hash, or the empty one where it would be. Zero is not a hash.
    function find(HashSet memory set, bytes32 hash) private pure returns (uint256 place, bool found) {
        uint256 table = set.table;
        uint256 mask = set.mask;
        uint256 shift = set.shift;
        uint256 salt = set.salt;
        // In assembly: a quarter of the gas. It reads the table only, because offsets are masked.
        assembly ("memory-safe") {
            // Wraps: the upper bits of the product are the place.
            let offset := shl(5, shr(shift, mul(hash, salt)))
            for {} 1 {} {
                place := add(table, offset)
                let other := mload(place)
                found := eq(other, hash)
                if or(found, iszero(other)) { break }
                offset := and(add(offset, 32), mask)
            }
        }
    }
}
