// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClaimId, RequestId, RequestTerms} from "../src/Types.sol";
import {ClaimVerifier} from "../src/consumer/ClaimVerifier.sol";
import {IERC165, IProofVerifier} from "../src/consumer/IProofVerifier.sol";
import {ConsumerBase} from "./ConsumerBase.sol";

contract ClaimVerifierTest is ConsumerBase {
    bytes private constant TOKENS = hex"0100000002000000";

    ClaimVerifier private verifier;

    function setUp() public override {
        super.setUp();
        verifier = new ClaimVerifier(arbiter());
    }

    function proofOf(RequestTerms memory it) private pure returns (bytes memory) {
        return abi.encode(
            ClaimVerifier.Proof(
                REQUESTER, it.fee, it.sealingDeadline, it.consumer, it.challengeWindow, it.bond, it.nonce
            )
        );
    }

    function inputHash(RequestTerms memory it) private pure returns (bytes32) {
        return keccak256(abi.encode(it.inference));
    }

    function verify(RequestTerms memory it, bytes memory tokens_) private view returns (bool) {
        return verifier.verify(inputHash(it), keccak256(tokens_), abi.encode(it.model), proofOf(it));
    }

    function test_verify_finalAnswerOnly_isTrue() public {
        RequestTerms memory it = terms(0);
        assertTrue(!verify(it, TOKENS), "was not asked");
        RequestId id = ask(it);
        assertTrue(!verify(it, TOKENS), "was not answered");
        answer(id, TOKENS);
        assertTrue(verify(it, TOKENS), "final");
        assertTrue(!verify(it, hex"01000000"), "other tokens");
    }

    function test_verify_refunded_isFalse() public {
        RequestTerms memory it = terms(0);
        RequestId id = ask(it);
        expire();
        market.refund(id);
        assertTrue(!verify(it, TOKENS), "refunded");
        assertTrue(!verify(it, ""), "refunded, and nothing is asked for");
        bytes memory proof = proofOf(it);
        assertTrue(!verifier.verify(inputHash(it), 0, abi.encode(it.model), proof), "no root");
    }

    function test_verify_anyOtherField_isFalse() public {
        RequestTerms memory it = terms(0);
        answer(ask(it), TOKENS);
        bytes memory proof = proofOf(it);
        (bytes32 input, bytes32 output, bytes memory metadata) =
            (inputHash(it), keccak256(TOKENS), abi.encode(it.model));
        for (uint256 i = 0; i < 7; i++) {
            bytes memory other = bytes.concat(proof);
            other[32 * i + 31] ^= 0x01;
            assertTrue(!verifier.verify(input, output, metadata, other), "proof");
        }
        assertTrue(!verifier.verify(input ^ bytes32(uint256(1)), output, metadata, proof), "input");
        assertTrue(!verifier.verify(input, output, abi.encode(0), proof), "model");
        assertTrue(!verifier.verify(input, output, "", proof), "no model");
        assertTrue(!verifier.verify(input, output, bytes.concat(metadata, metadata), proof), "two models");
        assertTrue(!verifier.verify(input, output, metadata, ""), "no proof");
        assertTrue(!verifier.verify(input, output, metadata, bytes.concat(proof, proof)), "two proofs");
        assertTrue(verifier.verify(input, output, metadata, proof), "all right");
    }

    function test_supportsInterface_ofBoth_isTrue() public view {
        assertTrue(verifier.supportsInterface(type(IProofVerifier).interfaceId), "ERC-8274");
        assertTrue(verifier.supportsInterface(0x01ffc9a7), "ERC-165");
        assertTrue(!verifier.supportsInterface(0xffffffff), "nothing");
        assertEq(bytes(verifier.proofSystem()), "op/opml", "system");
        assertEq(
            verifier.proofProfile(), keccak256(abi.encodePacked("op/opml", block.chainid, market)), "profile"
        );
    }
}
