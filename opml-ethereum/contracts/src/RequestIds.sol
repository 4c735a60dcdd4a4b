// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ModelId, RequestId} from "./Types.sol";

/// Identities of requests.
library RequestIds {
    uint8 private constant TAG_REQUEST = 1;

    /// What a request is the hash of, beside its chain, its arbiter and its requester.
    function hash(
        address arbiter,
        address requester,
        ModelId model,
        bytes32 inputRoot,
        uint256 fee,
        uint64 sealingDeadline,
        address consumer,
        uint64 challengeWindow,
        uint256 bond,
        uint64 nonce
    ) internal view returns (RequestId) {
        return RequestId.wrap(
            keccak256(
                abi.encodePacked(
                    TAG_REQUEST,
                    block.chainid,
                    arbiter,
                    requester,
                    model,
                    inputRoot,
                    fee,
                    sealingDeadline,
                    consumer,
                    challengeWindow,
                    bond,
                    nonce
                )
            )
        );
    }
}
