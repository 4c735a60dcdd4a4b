// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ModelId, Registration, Inference, Model} from "./Types.sol";
import {IImageRules} from "./IImageRules.sol";
import {IRefusals} from "./IRefusals.sol";
import {GraphHeader, GraphHeaders} from "./GraphHeaders.sol";
import {InputRegions} from "./InputRegions.sol";
import {RegionRoots} from "./RegionRoots.sol";
import {SiblingPaths} from "./SiblingPaths.sol";
import {TokenLanes} from "./TokenLanes.sol";
import {ZeroSubtrees} from "./ZeroSubtrees.sol";

/// The rules of docs/image.md for images, requests and answers.
contract ImageRules is IImageRules, IRefusals {
    // Heights and places of what a registration opens, from the table of regions.
    uint256 private constant HEADER_HEIGHT = 0;
    uint256 private constant HEADER_INDEX = 0x40000000 >> 7;
    uint256 private constant PROGRAM_HEIGHT = 28 - 7;
    uint256 private constant PROGRAM_INDEX = 0;
    uint256 private constant INPUT_INDEX = 0x10000000 >> 24;
    uint256 private constant OUTPUT_INDEX = 0x11000000 >> 24;
    uint256 private constant STATE_HEIGHT = 36 - 7;
    uint256 private constant STATE_INDEX = 0x1000000000 >> 36;

    uint256 private constant LONGEST_TRACE = 1 << 40;
    uint256 private constant ID_SIZE = 4;
    /// The number of tokens, before them in the output region.
    uint256 private constant COUNT_SIZE = 4;

    /// @inheritdoc IImageRules
    function requireValid(Registration calldata registration)
        external
        pure
        returns (ModelId id, uint256 formatVersion)
    {
        GraphHeader memory header = decode(registration.header);
        bytes32[32] memory zeros = ZeroSubtrees.roots();
        bytes32 root = registration.imageRoot;
        bytes32 leaf = keccak256(registration.header);
        requireOpens(root, registration.headerPath, HEADER_HEIGHT, HEADER_INDEX, leaf, zeros);
        requireOpens(
            root, registration.programPath, PROGRAM_HEIGHT, PROGRAM_INDEX, registration.programRoot, zeros
        );
        bytes32 emptyRegion = zeros[RegionRoots.HEIGHT];
        requireOpens(root, registration.inputPath, RegionRoots.HEIGHT, INPUT_INDEX, emptyRegion, zeros);
        requireOpens(root, registration.outputPath, RegionRoots.HEIGHT, OUTPUT_INDEX, emptyRegion, zeros);
        requireOpens(root, registration.statePath, STATE_HEIGHT, STATE_INDEX, zeros[STATE_HEIGHT], zeros);
        return (GraphHeaders.modelId(header, root), header.formatVersion);
    }

    /// @inheritdoc IImageRules
    function begin(Model calldata model, Inference calldata inference)
        external
        pure
        returns (
            bytes32 inputRoot,
            bytes32 initialRoot,
            uint256 traceLength,
            uint256 vocabularySize,
            bool singlePhase
        )
    {
        GraphHeader memory header = decode(model.header);
        vocabularySize = header.vocabularySize;
        singlePhase = header.singlePhase;
        InputRegions.InputRegion memory region = InputRegions.write(inference, header);
        traceLength = lengthOfTrace(header, region.positions, inference.maxNewTokens);
        bytes32[32] memory zeros = ZeroSubtrees.roots();
        inputRoot = RegionRoots.root(region.start, region.length, zeros);
        bool valid;
        (valid, initialRoot) =
            SiblingPaths.fold(model.inputPath, RegionRoots.HEIGHT, INPUT_INDEX, inputRoot, zeros);
        // Never so for a registered model.
        require(valid, InvalidRegistration());
    }

    /// @inheritdoc IImageRules
    /// @param vocabularySize as `begin` returned it: 1 to 2^31 - 1
    function outputRoot(bytes calldata tokens, uint256 maxNewTokens, uint256 vocabularySize)
        external
        pure
        returns (bytes32)
    {
        uint256 count = tokens.length / ID_SIZE;
        require(
            tokens.length % ID_SIZE == 0 && count != 0 && count <= maxNewTokens
                && tokens.length <= RegionRoots.SIZE - COUNT_SIZE,
            OutputOutOfLimits()
        );
        unchecked {
            // Places and lengths in a region.
            uint256 length = COUNT_SIZE + tokens.length;
            uint256 start = RegionRoots.allocate(length);
            uint256 ids = start + COUNT_SIZE;
            uint256 countWord = TokenLanes.swap(count << 224);
            assembly ("memory-safe") {
                mstore(start, countWord)
                calldatacopy(ids, tokens.offset, tokens.length)
            }
            require(TokenLanes.allBelow(ids, start + length, vocabularySize), OutputOutOfLimits());
            return RegionRoots.root(start, length, ZeroSubtrees.roots());
        }
    }

    /// @inheritdoc IImageRules
    function outputState(bytes32 root, bytes calldata path) external pure returns (bytes32 state) {
        bool valid;
        (valid, state) = SiblingPaths.fold(path, RegionRoots.HEIGHT, OUTPUT_INDEX, root, ZeroSubtrees.roots());
        require(valid, OutputNotInFinalRoot());
    }

    function decode(bytes calldata leaf) private pure returns (GraphHeader memory header) {
        bool valid;
        (valid, header) = GraphHeaders.decode(leaf);
        require(valid, InvalidRegistration());
    }

    function requireOpens(
        bytes32 imageRoot,
        bytes calldata path,
        uint256 height,
        uint256 index,
        bytes32 subtree,
        bytes32[32] memory zeros
    ) private pure {
        (bool valid, bytes32 root) = SiblingPaths.fold(path, height, index, subtree, zeros);
        require(valid && root == imageRoot, InvalidRegistration());
    }

    /// N.
    function lengthOfTrace(GraphHeader memory header, uint256 positions, uint256 newTokens)
        private
        pure
        returns (uint256 length)
    {
        if (header.singlePhase) {
            return 1;
        }
        unchecked {
            // Factors below 2^32, and at least one token of each.
            length = (positions + newTokens - 1) * header.nodesPerToken;
        }
        require(length <= LONGEST_TRACE, TraceTooLong());
    }
}
