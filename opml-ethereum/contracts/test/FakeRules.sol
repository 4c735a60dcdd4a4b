// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ModelId, Registration, Inference, Model} from "../src/Types.sol";
import {IImageRules} from "../src/IImageRules.sol";
import {IRefusals} from "../src/IRefusals.sol";

/// Rules without trees: roots are hashes of what they are asked about, and a prompt says how long its trace is.
contract FakeRules is IImageRules, IRefusals {
    function requireValid(Registration calldata registration) external pure returns (ModelId, uint256) {
        require(registration.imageRoot != 0, InvalidRegistration());
        return (
            ModelId.wrap(keccak256(abi.encode(registration.imageRoot, registration.header))),
            uint8(registration.header[0])
        );
    }

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
        require(inference.maxNewTokens > 0, RequestOutOfLimits());
        (traceLength, vocabularySize, singlePhase) = abi.decode(inference.prompt, (uint256, uint256, bool));
        require(traceLength <= 1 << 40, TraceTooLong());
        inputRoot = keccak256(abi.encode(inference));
        initialRoot = keccak256(abi.encode(inputRoot, model.imageRoot, model.inputPath));
    }

    function outputRoot(bytes calldata tokens, uint256 maxNewTokens, uint256 vocabularySize)
        external
        pure
        returns (bytes32)
    {
        uint256 count = tokens.length / 4;
        require(count > 0 && tokens.length % 4 == 0 && count <= maxNewTokens, OutputOutOfLimits());
        require(uint8(tokens[0]) < vocabularySize, OutputOutOfLimits());
        return keccak256(tokens);
    }

    function outputState(bytes32 root, bytes calldata path) external pure returns (bytes32) {
        require(path.length != 0, OutputNotInFinalRoot());
        return keccak256(abi.encode(root, path));
    }
}
