// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Inference, Sampling} from "./Types.sol";
import {IRefusals} from "./IRefusals.sol";
import {ChoiceRules} from "./ChoiceRules.sol";
import {GraphHeader} from "./GraphHeaders.sol";
import {RegionRoots} from "./RegionRoots.sol";
import {SamplingRules} from "./SamplingRules.sol";
import {TokenLanes} from "./TokenLanes.sol";

/// Requests in the input region (docs/image.md, "Input region").
library InputRegions {
    /// The input region of a request.
    struct InputRegion {
        /// Where it begins in memory.
        uint256 start;
        /// Bytes that are not zero for sure.
        uint256 length;
        /// How many the prompt takes.
        uint256 positions;
    }

    uint256 private constant VERSION = 2;
    uint256 private constant PROMPT_OFFSET = 128;
    uint256 private constant ID_SIZE = 4;
    /// So that prompt and choices fit the region whatever the other's size is.
    uint256 private constant MOST_PROMPT_TOKENS = (1 << 22) - 64 - ChoiceRules.MOST_WORDS;
    /// What the output region holds beside their count.
    uint256 private constant MOST_NEW_TOKENS = (1 << 22) - 1;
    uint256 private constant STOP_TOKENS = 1;
    /// The answer of a network on bytes is one index.
    uint256 private constant ONE = 1;

    /// Checks a request for a model, all but the length of its trace, and writes its input region; reverts with
    /// RequestOutOfLimits.
    function write(Inference calldata inference, GraphHeader memory header)
        internal
        pure
        returns (InputRegion memory region)
    {
        region.positions = requireSizes(inference, header);
        Sampling memory sampling = inference.sampling;
        requireFits(SamplingRules.isValid(sampling));
        if (header.inputBytes != 0) {
            // There are no tokens before the answer, to be penalised or continued.
            requireFits(
                inference.maxNewTokens == ONE && sampling.penaltyWindow == 0 && inference.choices.length == 0
            );
        }
        unchecked {
            // Sizes of calldata that were checked: together they fit the region.
            uint256 choicesOffset = PROMPT_OFFSET + RegionRoots.roundUp(inference.prompt.length);
            region.length = choicesOffset + RegionRoots.roundUp(inference.choices.length);
            region.start = RegionRoots.allocate(region.length);
            put(region.start + PROMPT_OFFSET, inference.prompt);
            put(region.start + choicesOffset, inference.choices);
            uint256 choices = requireTokens(inference, header, region.start, choicesOffset);
            putHeader(region, inference, sampling, choices);
        }
    }

    /// Refuses what is too long, or no whole number of ids.
    /// @return positions that the prompt takes
    function requireSizes(Inference calldata inference, GraphHeader memory header)
        private
        pure
        returns (uint256 positions)
    {
        uint256 size = inference.prompt.length;
        if (header.inputBytes != 0) {
            requireFits(size == header.inputBytes);
            positions = 1;
        } else {
            positions = size / ID_SIZE;
            requireFits(size % ID_SIZE == 0 && positions != 0 && positions <= MOST_PROMPT_TOKENS);
        }
        uint256 newTokens = inference.maxNewTokens;
        requireFits(
            newTokens != 0 && newTokens <= MOST_NEW_TOKENS && positions + newTokens <= header.contextLimit
        );
        requireFits(
            inference.choices.length % ID_SIZE == 0
                && inference.choices.length / ID_SIZE <= ChoiceRules.MOST_WORDS
                && inference.stopPolicy <= STOP_TOKENS
        );
    }

    /// Refuses a prompt or choices that do not fit the model.
    /// @return count number of choices
    function requireTokens(
        Inference calldata inference,
        GraphHeader memory header,
        uint256 start,
        uint256 choicesOffset
    ) private pure returns (uint256 count) {
        unchecked {
            // Places in the region.
            uint256 prompt = start + PROMPT_OFFSET;
            requireFits(
                header.inputBytes != 0
                    || TokenLanes.allBelow(prompt, prompt + inference.prompt.length, header.vocabularySize)
            );
            bool valid;
            uint256 longest;
            (valid, count, longest) = ChoiceRules.check(
                start + choicesOffset,
                inference.choices.length / ID_SIZE,
                header,
                inference.stopPolicy == STOP_TOKENS
            );
            // More tokens than the longest would be paid for, and never come.
            requireFits(valid && (count == 0 || longest == inference.maxNewTokens));
        }
    }

    /// Writes the first two words of the region; the next two are zero.
    function putHeader(
        InputRegion memory region,
        Inference calldata inference,
        Sampling memory s,
        uint256 choices
    ) private pure {
        uint256 first = (VERSION << 224) | (region.positions << 192)
            | (uint256(inference.maxNewTokens) << 160) | (uint256(inference.stopPolicy) << 128)
            | (uint256(s.temperature) << 96) | (uint256(s.topK) << 64) | (uint256(s.topP) << 32) | s.minP;
        uint256 second = (uint256(uint32(s.seed)) << 224) | (uint256(s.seed >> 32) << 192)
            | (uint256(s.repeatPenalty) << 160) | (uint256(s.presencePenalty) << 128)
            | (uint256(s.frequencyPenalty) << 96) | (uint256(s.penaltyWindow) << 64) | (choices << 32);
        uint256 start = region.start;
        first = TokenLanes.swap(first);
        second = TokenLanes.swap(second);
        assembly ("memory-safe") {
            mstore(start, first)
            mstore(add(start, 32), second)
        }
    }

    function put(uint256 start, bytes calldata content) private pure {
        assembly ("memory-safe") {
            calldatacopy(start, content.offset, content.length)
        }
    }

    function requireFits(bool fits) private pure {
        require(fits, IRefusals.RequestOutOfLimits());
    }
}
