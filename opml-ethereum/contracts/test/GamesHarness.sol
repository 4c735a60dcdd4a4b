// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClaimId, ClaimStatus, Parameters, Program, RequestId, RequestStatus} from "../src/Types.sol";
import {Games} from "../src/Games.sol";
import {Ground} from "../src/Ground.sol";
import {IImageRules} from "../src/IImageRules.sol";
import {IMachine} from "../src/IMachine.sol";

/// Games whose claims and requests are put into storage without seals and reveals.
contract GamesHarness is Games {
    /// What matters of a request. (Itself it holds a list, which fits into no memory.)
    struct Asked {
        bytes32 initialRoot;
        RequestStatus status;
        bool singlePhase;
        uint40 lastNode;
        uint32 sealedClaims;
        uint32 firstAlive;
        uint32 lastAlive;
        uint40 sealingTime;
        uint40 sealingBlock;
        uint32 sealingSeconds;
    }

    constructor(Parameters memory p, IMachine machine)
        Ground(p, new Program[](0), machine, IImageRules(address(0)))
    {}

    function putRequest(RequestId id, Asked calldata asked) external {
        Request storage request = requests[id];
        request.initialRoot = asked.initialRoot;
        request.status = asked.status;
        request.singlePhase = asked.singlePhase;
        request.lastNode = asked.lastNode;
        request.sealedClaims = asked.sealedClaims;
        request.firstAlive = asked.firstAlive;
        request.lastAlive = asked.lastAlive;
        request.sealingTime = asked.sealingTime;
        request.sealingBlock = asked.sealingBlock;
        request.sealingSeconds = asked.sealingSeconds;
    }

    function putClaim(ClaimId id, Claim calldata claim) external {
        claims[id] = claim;
    }

    /// The most that each open game of a claim gets when it is closed.
    function quota(ClaimId id) external view returns (uint256) {
        Claim storage told = claims[id];
        return told.status == ClaimStatus.REFUTED ? told.bond : 0;
    }

    function claim(ClaimId id) external view returns (Claim memory) {
        return claims[id];
    }
}
