// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What an arbiter stores of a registered model, so that whoever repeats the model later need not be trusted.
library ModelHash {
    /// keccak(image root ‖ u256 length of the header ‖ header ‖ path of the input region). With that length no two models
    /// have the same preimage, wherever the one part ends and the next begins. So the header's length need not be
    /// checked before.
    function hash(bytes32 imageRoot, bytes calldata header, bytes calldata inputPath)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encodePacked(imageRoot, header.length, header, inputPath));
    }
}
