// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ModelId, RequestId, RequestStatus} from "../Types.sol";
import {Arbiter} from "../Arbiter.sol";
import {RequestIds} from "../RequestIds.sol";
import {IERC165, IProofVerifier} from "./IProofVerifier.sol";

/// Says whether an answer is a final one, for users of ERC-8274. Changes nothing.
///
/// inputHash: root of the input region, of prompt, sampling and choices (docs/image.md)
/// outputHash: root of the output region, of the tokens: `ImageRules.outputRoot`
/// metadata: the model's id
/// proof: Proof, encoded, of any request that is final; reverts if a number does not fit its type
contract ClaimVerifier is IProofVerifier, IERC165 {
    /// What else a request's identity is the hash of.
    struct Proof {
        address requester;
        uint256 fee;
        uint64 sealingDeadline;
        address consumer;
        uint64 challengeWindow;
        uint256 bond;
        uint64 nonce;
    }

    string private constant SYSTEM = "op/opml";
    uint256 private constant PROOF_LENGTH = 7 * 32;

    Arbiter public immutable ARBITER;

    constructor(Arbiter arbiter) {
        ARBITER = arbiter;
    }

    /// @inheritdoc IProofVerifier
    function verify(bytes32 inputHash, bytes32 outputHash, bytes calldata metadata, bytes calldata proof)
        external
        view
        returns (bool)
    {
        if (metadata.length != 32 || proof.length != PROOF_LENGTH) return false;
        Proof memory it = abi.decode(proof, (Proof));
        RequestId id = RequestIds.hash(
            address(ARBITER),
            it.requester,
            ModelId.wrap(bytes32(metadata)),
            inputHash,
            it.fee,
            it.sealingDeadline,
            it.consumer,
            it.challengeWindow,
            it.bond,
            it.nonce
        );
        if (ARBITER.statusOf(id) != RequestStatus.FINAL) return false;
        (, bytes32 outputRoot,,) = ARBITER.result(id);
        return outputRoot == outputHash;
    }

    /// @inheritdoc IProofVerifier
    function proofSystem() external pure returns (string memory) {
        return SYSTEM;
    }

    /// @inheritdoc IProofVerifier
    function proofProfile() external view returns (bytes32) {
        return keccak256(abi.encodePacked(SYSTEM, block.chainid, ARBITER));
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IProofVerifier).interfaceId || interfaceId == type(IERC165).interfaceId;
    }
}
