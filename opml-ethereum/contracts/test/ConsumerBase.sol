// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClaimId, RequestId, RequestTerms} from "../src/Types.sol";
import {Arbiter} from "../src/Arbiter.sol";
import {MarketBase} from "./MarketBase.sol";

/// A market before which consumers ask.
abstract contract ConsumerBase is MarketBase {
    function arbiter() internal view returns (Arbiter) {
        return Arbiter(address(market));
    }

    /// Lets the proposer's answer of some tokens become final.
    function answer(RequestId id, bytes memory tokens_) internal {
        bytes memory path = "path";
        bytes32 root = keccak256(tokens_);
        bytes32 state = keccak256(abi.encode(root, path));
        bytes32 seal_ = keccak256(
            abi.encodePacked(uint8(2), block.chainid, market, id, PROPOSER, root, state, bytes32(0))
        );
        pay(PROPOSER, BOND);
        ClaimId claim_ = market.sealClaim{value: BOND}(id, seal_, tokens_);
        advance(REVEAL_DELAY);
        vm.prank(PROPOSER);
        market.reveal(claim_, state, bytes32(0), path);
        advance(CHALLENGE_SECONDS + 1);
        market.settle(claim_);
    }

    /// Lets the time pass in which somebody could have answered.
    function expire() internal {
        advance(SEALING_SECONDS + 1);
    }
}
