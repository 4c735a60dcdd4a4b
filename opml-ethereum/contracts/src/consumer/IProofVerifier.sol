// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// The verifier of the draft ERC-8274, in the shape that it has had since it has two layers.
interface IProofVerifier {
    /// @param inputHash of the input, by the verifier's own scheme
    /// @param outputHash of the output
    /// @param metadata what is the same for all calls of one user
    /// @param proof what belongs to this inference
    function verify(bytes32 inputHash, bytes32 outputHash, bytes calldata metadata, bytes calldata proof)
        external
        returns (bool);

    /// Paradigm and variant.
    function proofSystem() external view returns (string memory);

    /// Tells this deployment from others.
    function proofProfile() external view returns (bytes32);
}

/// Detection of interfaces (ERC-165).
interface IERC165 {
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}
