// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ModelId, Registration, Inference, Model} from "./Types.sol";

/// What an image, a request and an answer have to look like (docs/image.md), and their roots. Has no state and no
/// money, so that the contract that has both stays small. Reverts with the errors of IRefusals.
interface IImageRules {
    /// Checks a registration, or reverts with InvalidRegistration.
    /// @return id the model's identity
    /// @return formatVersion of its header
    function requireValid(Registration calldata registration)
        external
        pure
        returns (ModelId id, uint256 formatVersion);

    /// Checks a request for a model and builds its input region; reverts with RequestOutOfLimits or TraceTooLong.
    /// @param model as it was registered: the caller has checked that
    /// @return inputRoot root of the input region
    /// @return initialRoot S_0: the image with the input put in
    /// @return traceLength N, 1 to 2^40
    /// @return vocabularySize of the model
    /// @return singlePhase whether all nodes are one
    function begin(Model calldata model, Inference calldata inference)
        external
        pure
        returns (
            bytes32 inputRoot,
            bytes32 initialRoot,
            uint256 traceLength,
            uint256 vocabularySize,
            bool singlePhase
        );

    /// Checks an answer and builds its output region; reverts with OutputOutOfLimits.
    /// @param tokens 32 bits each, little-endian
    function outputRoot(bytes calldata tokens, uint256 maxNewTokens, uint256 vocabularySize)
        external
        pure
        returns (bytes32);

    /// Folds the path of an output region; reverts with OutputNotInFinalRoot if it is not in its one encoding.
    /// @return root of the state that it leads to
    function outputState(bytes32 root, bytes calldata path) external pure returns (bytes32);
}
