// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RequestId, ClaimId, RequestStatus, ClaimStatus} from "./Types.sol";
import {Requests} from "./Requests.sol";

/// Claims, from the seal to the fee. Rival claims stand or fall alone.
abstract contract Claims is Requests {
    /// Makes a claim whose final root is still hidden, and locks the request's bond, which the transaction has to
    /// bring.
    /// @param seal of the sender's answer: see `sealOf`
    /// @param output the claimed tokens, 32 bits each, little-endian
    function sealClaim(RequestId request, bytes32 seal, bytes calldata output)
        external
        payable
        returns (ClaimId id)
    {
        Request storage answered = existing(request);
        require(answered.status == RequestStatus.OPEN, RequestClosed());
        require(elapsed(answered.sealingTime, answered.sealingBlock) <= answered.sealingSeconds, TooLate());
        bytes32 outputRoot = RULES.outputRoot(output, answered.maxNewTokens, answered.vocabularySize);
        id = claimId(request, msg.sender, seal);
        Claim storage claim = claims[id];
        require(claim.status == ClaimStatus.NONE, Duplicate());
        requireValue(answered.bond);
        uint32 number = answered.sealedClaims + 1;
        answered.sealedClaims = number;
        append(answered, number);
        claim.proposer = msg.sender;
        claim.status = ClaimStatus.SEALED;
        claim.singlePhase = answered.singlePhase;
        claim.number = number;
        claim.bond = answered.bond;
        claim.lastNode = answered.lastNode;
        claim.challengeWindow = answered.challengeWindow;
        claim.sinceTime = uint40(block.timestamp);
        claim.sinceBlock = uint40(block.number);
        claim.request = request;
        claim.outputRoot = outputRoot;
        emit ClaimSealed(id, request, msg.sender, number, seal, output, outputRoot);
    }

    /// Reveals a sealed claim; its proposer only, between delay and end of the time for the reveal.
    /// @param finalRoot S_N
    /// @param outputPath path of the output region to it
    function reveal(ClaimId id, bytes32 finalRoot, bytes32 salt, bytes calldata outputPath) external {
        Claim storage claim = existing(id, ClaimStatus.SEALED);
        require(claim.proposer == msg.sender, NotYours());
        uint256 passed = elapsed(claim.sinceTime, claim.sinceBlock);
        require(passed >= REVEAL_DELAY, TooEarly());
        require(passed <= revealSeconds(claim), TooLate());
        bytes32 outputRoot = claim.outputRoot;
        // The seal is not stored: the claim's identity contains it.
        bytes32 seal = sealOf(claim.request, outputRoot, finalRoot, salt);
        require(claimId(claim.request, msg.sender, seal) == id, SealMismatch());
        require(RULES.outputState(outputRoot, outputPath) == finalRoot, OutputNotInFinalRoot());
        claim.status = ClaimStatus.REVEALED;
        claim.sinceTime = uint40(block.timestamp);
        claim.sinceBlock = uint40(block.number);
        claim.finalRoot = finalRoot;
        emit ClaimRevealed(id, finalRoot);
    }

    /// Burns the bond of a claim that was not revealed in time. Anybody may.
    function expire(ClaimId id) external {
        Claim storage claim = existing(id, ClaimStatus.SEALED);
        require(elapsed(claim.sinceTime, claim.sinceBlock) > revealSeconds(claim), TooEarly());
        claim.status = ClaimStatus.EXPIRED;
        emit ClaimExpired(id, claim.bond);
        claimFailed(claim.request, claim.number);
    }

    /// Makes a revealed claim final whose time for challenges and games have ended. Anybody may.
    function settle(ClaimId id) external {
        Claim storage claim = existing(id, ClaimStatus.REVEALED);
        require(elapsed(claim.sinceTime, claim.sinceBlock) > claim.challengeWindow, TooEarly());
        require(claim.openGames == 0, StillUndecided());
        claim.status = ClaimStatus.FINAL;
        Request storage answered = requests[claim.request];
        unlink(answered, claim.number);
        credit(claim.proposer, claim.bond);
        emit ClaimFinal(id);
        if (answered.status == RequestStatus.OPEN) {
            answered.status = RequestStatus.FINAL;
            setPayee(answered, id, claim.number);
            emit RequestFinal(claim.request, id);
        } else if (earns(claim, answered)) {
            setPayee(answered, id, claim.number);
        }
    }

    /// Pays a final request's fee to the claim with the final root that was sealed first, once all that were sealed
    /// before it are decided. Anybody may.
    function payFee(RequestId id) external {
        Request storage paid = existing(id);
        require(!paid.feeGone, FeeGone());
        // Both are 0 if there is none: without a payee nothing is decided, and without a claim all is.
        uint32 payeeNumber = paid.payeeNumber;
        uint32 firstAlive = paid.firstAlive;
        require(payeeNumber != 0 && (firstAlive == 0 || payeeNumber < firstAlive), StillUndecided());
        paid.feeGone = true;
        ClaimId payee = paid.payee;
        address proposer = claims[payee].proposer;
        credit(proposer, paid.fee);
        emit FeePaid(id, payee, proposer, paid.fee);
    }

    /// Where a request stands.
    function statusOf(RequestId id) external view returns (RequestStatus) {
        return requests[id].status;
    }

    /// The answer of a final request. The tokens are those that hash to the output root: events have them.
    /// @return claim the one that the fee goes to, so far: an earlier one with the same roots may follow
    /// @return outputRoot root of the output region
    /// @return finalRoot S_N
    /// @return consumer whom the requester named
    function result(RequestId id)
        external
        view
        returns (ClaimId claim, bytes32 outputRoot, bytes32 finalRoot, address consumer)
    {
        Request storage asked = existing(id);
        require(asked.status != RequestStatus.OPEN, StillUndecided());
        require(asked.status == RequestStatus.FINAL, RequestClosed());
        claim = asked.payee;
        Claim storage answer = claims[claim];
        return (claim, answer.outputRoot, answer.finalRoot, asked.consumer);
    }

    /// A claim lost a game, which has paid the winner.
    /// @param quota kept of the claim's bond for each of its open games; the field of the bond tells it from now on
    /// @param burnt of the claim's bond
    function refuted(ClaimId id, Claim storage claim, uint256 quota, uint256 burnt) internal {
        claim.status = ClaimStatus.REFUTED;
        // Without an open game nobody reads it. Fits: it is a part of the bond.
        if (claim.openGames != 0) claim.bond = uint96(quota);
        emit ClaimRefuted(id, quota, burnt);
        claimFailed(claim.request, claim.number);
    }

    /// A claim in the state that a transaction needs.
    function existing(ClaimId id, ClaimStatus needed) internal view returns (Claim storage claim) {
        claim = claims[id];
        ClaimStatus status = claim.status;
        require(status != ClaimStatus.NONE, UnknownClaim());
        require(status == needed, WrongClaimStatus());
    }

    /// Whether a claim that became final was sealed before the one that the fee would go to, and says the same.
    function earns(Claim storage claim, Request storage answered) private view returns (bool) {
        return claim.number < answered.payeeNumber && claim.finalRoot == claims[answered.payee].finalRoot;
    }

    function setPayee(Request storage answered, ClaimId id, uint32 number) private {
        answered.payeeNumber = number;
        answered.payee = id;
    }

    /// Seconds from the seal to the last one of its reveal. A proposer that has lost its answer can run the request
    /// once more in them.
    function revealSeconds(Claim storage claim) private view returns (uint256) {
        return REVEAL_DELAY + REVEAL_WINDOW + workSeconds(uint256(claim.lastNode) + 1);
    }

    /// A commitment to the sender's final root that nobody else can use, or read before it is revealed.
    function sealOf(RequestId request, bytes32 outputRoot, bytes32 finalRoot, bytes32 salt)
        private
        view
        returns (bytes32)
    {
        return keccak256(
            abi.encodePacked(
                TAG_SEAL, block.chainid, address(this), request, msg.sender, outputRoot, finalRoot, salt
            )
        );
    }

    function claimId(RequestId request, address proposer, bytes32 seal) private view returns (ClaimId) {
        return ClaimId.wrap(
            keccak256(abi.encodePacked(TAG_CLAIM, block.chainid, address(this), request, proposer, seal))
        );
    }
}
