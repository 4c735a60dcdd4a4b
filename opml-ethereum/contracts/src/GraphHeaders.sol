// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ModelId} from "./Types.sol";
import {TokenLanes} from "./TokenLanes.sol";

/// What a header leaf says of a graph.
struct GraphHeader {
    uint256 formatVersion;
    bool singlePhase;
    uint256 nodesPerToken;
    uint256 vocabularySize;
    uint256 contextLimit;
    /// 0: the prompt is token ids; else it is a vector of so many bytes.
    uint256 inputBytes;
    uint256 stopTokenCount;
    /// Ids, 32 bits each, the first on the left; unused ones zero.
    uint256[2] stopTokens;
}

/// Reads header leaves (docs/image.md, "Graph header").
library GraphHeaders {
    uint256 internal constant SIZE = 128;

    uint256 private constant MAGIC = 0x4c4d504f;
    uint256 private constant MOST_STOP_TOKENS = 16;
    uint256 private constant MOST_INPUT_BYTES = (1 << 24) - 128;
    uint256 private constant LANE = 0xffffffff;
    uint256 private constant MOST_INT = 0x7fffffff;

    /// Reads a leaf, every byte of it: two leaves never say the same.
    /// @return valid whether it is a header
    /// @return header without a meaning if it is not
    function decode(bytes calldata leaf) internal pure returns (bool valid, GraphHeader memory header) {
        if (leaf.length != SIZE) {
            return (false, header);
        }
        uint256 fields = TokenLanes.swap(uint256(bytes32(leaf[0:32])));
        uint256 mode = (fields >> 160) & LANE;
        header.formatVersion = (fields >> 192) & LANE;
        header.singlePhase = mode == 1;
        header.nodesPerToken = (fields >> 128) & LANE;
        header.vocabularySize = (fields >> 96) & LANE;
        header.contextLimit = (fields >> 64) & LANE;
        header.stopTokenCount = (fields >> 32) & LANE;
        header.inputBytes = fields & LANE;
        header.stopTokens[0] = TokenLanes.swap(uint256(bytes32(leaf[32:64])));
        header.stopTokens[1] = TokenLanes.swap(uint256(bytes32(leaf[64:96])));
        valid = fields >> 224 == MAGIC && mode <= 1 && isPositive(header.formatVersion)
            && isPositive(header.nodesPerToken) && isPositive(header.vocabularySize)
            && isPositive(header.contextLimit) && header.contextLimit >= 2
            && header.stopTokenCount <= MOST_STOP_TOKENS && header.inputBytes <= MOST_INPUT_BYTES
            && areStopTokens(header) && bytes32(leaf[96:128]) == 0;
    }

    /// Every number of a header is below 2^31.
    function isPositive(uint256 value) private pure returns (bool) {
        return value != 0 && value <= MOST_INT;
    }

    /// Whether the ids are below 2^31, and those that are not used zero.
    function areStopTokens(GraphHeader memory header) private pure returns (bool) {
        unchecked {
            uint256 ids = header.stopTokens[0] | header.stopTokens[1];
            // A shift by 256 bits or more leaves nothing, so a word of which all ids are used is zero here.
            uint256 used = header.stopTokenCount * 32;
            uint256 unused = header.stopTokens[0] << used;
            // At most 16 · 32.
            unused |= used <= 256 ? header.stopTokens[1] : header.stopTokens[1] << (used - 256);
            return ids & TokenLanes.TOPS == 0 && unused == 0;
        }
    }

    /// A model's identity.
    function modelId(GraphHeader memory header, bytes32 imageRoot) internal pure returns (ModelId) {
        return ModelId.wrap(
            keccak256(
                abi.encodePacked(
                    imageRoot,
                    uint64(header.nodesPerToken),
                    uint64(header.contextLimit),
                    uint64(header.vocabularySize),
                    uint64(header.singlePhase ? 1 : 0),
                    uint64(header.formatVersion),
                    uint64(header.inputBytes)
                )
            )
        );
    }
}
