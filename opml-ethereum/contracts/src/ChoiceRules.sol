// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GraphHeader} from "./GraphHeaders.sol";
import {HashSet, HashSets} from "./HashSet.sol";
import {TokenLanes} from "./TokenLanes.sol";

/// Checks the answers that a request allows (docs/image.md, "Choices"): one after the other, its length, then its token
/// ids.
///
/// They are in no order that could be relied on. That none begins another is found by the hashes: those of all choices are
/// in a set, and no beginning of a choice may be, if it has the length of another choice. The lengths that occur add up to
/// the words at most, so there are at most 181 of them; and a choice has no more beginnings to look at than words.
library ChoiceRules {
    /// Most words of 32 bits that choices take, with their lengths.
    uint256 internal constant MOST_WORDS = 1 << 14;

    /// @param source where the choices are, little-endian, with zeros up to the next whole word
    /// @param words their number of words, 0 to MOST_WORDS
    /// @param stops whether generation ends at a stop token of the model
    /// @return valid whether a request may have these choices
    /// @return count how many there are
    /// @return longest how many tokens the longest of them has
    function check(uint256 source, uint256 words, GraphHeader memory header, bool stops)
        internal
        pure
        returns (bool valid, uint256 count, uint256 longest)
    {
        if (words == 0) {
            return (true, 0, 0);
        }
        unchecked {
            // Far below 2^256: at most MOST_WORDS words.
            uint256 start = copy(source, words);
            uint256 end = start + 4 * words;
            uint256[] memory lengths = new uint256[](words / 256 + 1);
            uint256[] memory last = stopLanes(header, stops);
            (valid, count) = parse(start, end, TokenLanes.bound(header.vocabularySize), last, lengths);
            if (valid) {
                uint256[] memory list = sizes(lengths);
                longest = list[list.length - 1] / 4;
                valid = isPrefixFree(start, end, count, list);
            }
        }
    }

    /// The words as big-endian ones, so that each can be read without turning it around, and a word of zeros: ids are read
    /// eight at once.
    function copy(uint256 source, uint256 words) private pure returns (uint256 start) {
        unchecked {
            // Far below 2^256: at most MOST_WORDS words.
            uint256 size = (4 * words + 31) & ~uint256(31);
            assembly ("memory-safe") {
                start := mload(0x40)
                mstore(0x40, add(start, add(size, 32)))
                mstore(add(start, size), 0)
            }
            for (uint256 offset = 0; offset < size; offset += 32) {
                uint256 swapped = TokenLanes.swap(load(source + offset));
                assembly ("memory-safe") {
                    mstore(add(start, offset), swapped)
                }
            }
        }
    }

    /// The stop tokens that a choice may only have at its end, each in all lanes of a word.
    function stopLanes(GraphHeader memory header, bool stops) private pure returns (uint256[] memory lanes) {
        unchecked {
            // 32 bits, times ONES.
            lanes = new uint256[](stops ? header.stopTokenCount : 0);
            for (uint256 i = 0; i < lanes.length; i++) {
                lanes[i] = (header.stopTokens[i / 8] << (32 * (i % 8)) >> 224) * TokenLanes.ONES;
            }
        }
    }

    /// Finds the choices, and whether each is one of the model.
    /// @param boundOfIds the vocabulary's size, for `TokenLanes.outside`
    /// @param last ids that only the last of a choice may be, each in all lanes of a word
    /// @param lengths gets bit n % 256 of word n / 256 if there is a choice of n tokens
    function parse(
        uint256 start,
        uint256 end,
        uint256 boundOfIds,
        uint256[] memory last,
        uint256[] memory lengths
    ) private pure returns (bool valid, uint256 count) {
        unchecked {
            uint256 bad = 0;
            // Places up to `end`, and the sizes of what lies between them.
            while (start < end) {
                uint256 length = load(start) >> 224;
                start += 4;
                if (length == 0 || length > (end - start) >> 2) {
                    return (false, 0);
                }
                note(lengths, length);
                count++;
                uint256 next = start + 4 * length;
                // Ends before the last word of eight ids or less.
                for (; next - start > 32; start += 32) {
                    uint256 word = load(start);
                    bad |= TokenLanes.outside(word, boundOfIds) | anyOf(word, last);
                }
                // What follows this choice is not looked at, and its last id may be a stop token.
                uint256 ids = load(start);
                uint256 behind = 256 - 8 * (next - start);
                bad |= TokenLanes.outside(ids >> behind, boundOfIds);
                if (next - start > 4) {
                    bad |= anyOf(ids, last) >> (behind + 32);
                }
                start = next;
            }
            valid = bad & TokenLanes.TOPS == 0;
        }
    }

    /// Sets the bit of a length.
    /// @param length below 256 times the number of words
    function note(uint256[] memory lengths, uint256 length) private pure {
        // Without a check of the index, which the caller has made.
        assembly ("memory-safe") {
            let place := add(add(lengths, 32), shl(5, shr(8, length)))
            mstore(place, or(mload(place), shl(and(length, 255), 1)))
        }
    }

    /// Has the top bits of the lanes that are one of some ids, and no others.
    /// @param ids each in all lanes of a word
    function anyOf(uint256 lanes, uint256[] memory ids) private pure returns (uint256 hits) {
        unchecked {
            // Places in the array.
            uint256 place;
            assembly ("memory-safe") {
                place := add(ids, 32)
            }
            uint256 end = place + 32 * ids.length;
            for (; place < end; place += 32) {
                hits |= TokenLanes.equal(lanes, load(place));
            }
        }
    }

    /// The sizes in bytes of which there are choices, ascending.
    function sizes(uint256[] memory lengths) private pure returns (uint256[] memory list) {
        unchecked {
            // Lengths of choices; each index is below the number of those that were noted.
            uint256 count = 0;
            for (uint256 i = 0; i < lengths.length; i++) {
                for (uint256 seen = lengths[i]; seen != 0; seen &= seen - 1) {
                    count++;
                }
            }
            list = new uint256[](count);
            uint256 next = 0;
            for (uint256 i = 0; i < lengths.length; i++) {
                uint256 length = 256 * i;
                for (uint256 seen = lengths[i]; seen != 0; seen >>= 1) {
                    if (seen & 1 != 0) {
                        list[next++] = 4 * length;
                    }
                    length++;
                }
            }
        }
    }

    /// Whether no choice is the same as another or its beginning.
    /// @param list sizes in bytes of which there are choices, ascending
    function isPrefixFree(uint256 start, uint256 end, uint256 count, uint256[] memory list)
        private
        pure
        returns (bool)
    {
        unchecked {
            // Places up to `end`.
            HashSet memory whole = HashSets.create(count, uint256(hash(start, end - start)));
            for (uint256 place = start; place < end;) {
                uint256 size = 4 * (load(place) >> 224);
                if (!whole.add(hash(place + 4, size))) {
                    return false;
                }
                place += 4 + size;
            }
            return list.length == 1 || beginsNone(start, end, list, whole);
        }
    }

    /// Whether no beginning of a choice is in a set.
    /// @param list sizes of the beginnings in bytes, ascending; no choice is longer than the last
    function beginsNone(uint256 start, uint256 end, uint256[] memory list, HashSet memory whole)
        private
        pure
        returns (bool)
    {
        unchecked {
            // Places up to `end`; the loop inside ends at the size of the choice itself, so it stays in the list.
            uint256 sizesStart;
            assembly ("memory-safe") {
                sizesStart := add(list, 32)
            }
            while (start < end) {
                uint256 size = 4 * (load(start) >> 224);
                start += 4;
                uint256 shorter = load(sizesStart);
                for (uint256 place = sizesStart; shorter < size; shorter = load(place)) {
                    if (whole.contains(hash(start, shorter))) {
                        return false;
                    }
                    place += 32;
                }
                start += size;
            }
            return true;
        }
    }

    function hash(uint256 start, uint256 size) private pure returns (bytes32 result) {
        assembly ("memory-safe") {
            result := keccak256(start, size)
        }
    }

    function load(uint256 place) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(place)
        }
    }
}
