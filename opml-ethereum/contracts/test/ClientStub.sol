// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Parameters, Program, ClaimId, RequestId, Registration, RequestTerms, Model} from "../src/Types.sol";
import {IArbiter} from "../src/IArbiter.sol";

/// A contract that emits some of the arbiter's events and refuses when it is told to: what a client needs of a chain
/// before it needs an arbiter.
contract ClientStub is IArbiter {
    address public immutable MACHINE;
    address public immutable RULES;

    Parameters private stored;
    Program[] private programList;

    /// Claims that are settled: a second time is refused.
    mapping(bytes32 => bool) public settled;

    constructor(Parameters memory p, Program[] memory programs_) {
        MACHINE = address(this);
        RULES = address(this);
        stored = p;
        for (uint256 i = 0; i < programs_.length; i++) {
            programList.push(programs_[i]);
        }
    }

    function parameters() external view returns (Parameters memory) {
        return stored;
    }

    function programs() external view returns (Program[] memory) {
        return programList;
    }

    function credits(address account) external pure returns (uint256) {
        return uint160(account) & 0xffff;
    }

    /// Emits one event, once for each claim.
    function settle(bytes32 claim) external {
        require(!settled[claim], WrongClaimStatus());
        settled[claim] = true;
        emit ClaimFinal(ClaimId.wrap(claim));
    }

    /// Emits two events.
    function expire(bytes32 claim) external {
        emit ClaimExpired(ClaimId.wrap(claim), 7);
        emit SealingExtended(RequestId.wrap(claim), block.timestamp);
    }

    function withdraw() external {
        emit Withdrawn(msg.sender, 0);
    }

    /// Takes all gas there is.
    function payFee(bytes32) external pure {
        assembly ("memory-safe") {
            invalid()
        }
    }
}
