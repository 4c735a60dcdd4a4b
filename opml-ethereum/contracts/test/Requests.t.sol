// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ModelId, RequestId, ClaimId, Registration, RequestTerms, Model} from "../src/Types.sol";
import {IRefusals} from "../src/IRefusals.sol";
import {IArbiter} from "../src/IArbiter.sol";
import {MarketBase} from "./MarketBase.sol";
import {Vm} from "./Vm.sol";

contract RequestsTest is MarketBase {
    // Registrations

    function test_register_again_onlyAnnounces() public {
        bytes32 stored = market.models(modelId());
        vm.recordLogs();
        vm.prank(STRANGER);
        market.register(registration(), keccak256("file"), "elsewhere");
        assertEq(vm.getRecordedLogs().length, 1, "events");
        assertEq(market.models(modelId()), stored, "what is stored");
    }

    function test_register_invalid_isRefused() public {
        Registration memory it = registration();
        it.imageRoot = 0;
        vm.expectRevert(IRefusals.InvalidRegistration.selector);
        market.register(it, 0, "");
    }

    function test_register_programOfNoList_isRefused() public {
        Registration memory it = registration();
        it.programRoot = keccak256("another program");
        vm.expectRevert(IRefusals.ProgramNotAllowed.selector);
        market.register(it, 0, "");
    }

    function test_register_programOfAnotherVersion_isRefused() public {
        Registration memory it = registration();
        it.programRoot = keccak256("older program");
        vm.expectRevert(IRefusals.ProgramNotAllowed.selector);
        market.register(it, 0, "");
        it.header = hex"03";
        market.register(it, 0, "");
    }

    // Requests

    function test_request_modelOfNoRegistration_isRefused() public {
        RequestTerms memory it = terms(0);
        Model memory other = model();
        other.inputPath = "another path";
        pay(REQUESTER, FEE);
        vm.expectRevert(IRefusals.UnknownModel.selector);
        market.request{value: FEE}(it, other);
        it.model = ModelId.wrap(keccak256("unknown"));
        refuseToAsk(it, IRefusals.UnknownModel.selector);
    }

    function test_request_idIsTheHashOfItsContent() public {
        RequestTerms memory it = terms(7);
        bytes32 expected = keccak256(
            bytes.concat(
                abi.encodePacked(
                    uint8(1),
                    block.chainid,
                    market,
                    REQUESTER,
                    it.model,
                    keccak256(abi.encode(it.inference)),
                    it.fee,
                    it.sealingDeadline
                ),
                abi.encodePacked(it.consumer, it.challengeWindow, it.bond, it.nonce)
            )
        );
        assertEq(RequestId.unwrap(ask(it)), expected, "request id");
    }

    function test_request_outOfLimits_isRefused() public {
        RequestTerms memory it = terms(0);
        it.inference.maxNewTokens = 0;
        refuseToAsk(it, IRefusals.RequestOutOfLimits.selector);
        refuseToAsk(terms(0, (1 << 40) + 1), IRefusals.TraceTooLong.selector);
    }

    function test_request_longestRun_isTheLastPossible() public {
        uint256 nodes = 3600 * 10_000;
        refuseToAsk(terms(0, nodes + 1), IRefusals.TooMuchWork.selector);
        RequestId id = ask(terms(0, nodes));
        (,,,,,, uint40 lastNode,,,,,,,,,,,,,) = market.requests(id);
        assertEq(lastNode, nodes - 1, "last node");
    }

    function test_request_timeForChallenges_hasALeastAndAMost() public {
        RequestTerms memory it = terms(0);
        it.challengeWindow = uint64(CHALLENGE_SECONDS - 1);
        refuseToAsk(it, IRefusals.PolicyOutOfRange.selector);
        it.challengeWindow = uint64(TWO_WEEKS + 1);
        refuseToAsk(it, IRefusals.PolicyOutOfRange.selector);
        it.challengeWindow = type(uint64).max;
        refuseToAsk(it, IRefusals.PolicyOutOfRange.selector);
        it.challengeWindow = uint64(CHALLENGE_SECONDS);
        ask(it);
        it.challengeWindow = uint64(TWO_WEEKS);
        ask(it);
    }

    function test_request_timeForSealing_hasALeastAndAMost() public {
        RequestTerms memory it = terms(0);
        it.sealingDeadline = uint64(time + LEAST_SEALING - 1);
        refuseToAsk(it, IRefusals.PolicyOutOfRange.selector);
        it.sealingDeadline = uint64(time - 1);
        refuseToAsk(it, IRefusals.PolicyOutOfRange.selector);
        it.sealingDeadline = 0;
        refuseToAsk(it, IRefusals.PolicyOutOfRange.selector);
        it.sealingDeadline = uint64(time + TWO_WEEKS + 1);
        refuseToAsk(it, IRefusals.PolicyOutOfRange.selector);
        it.sealingDeadline = type(uint64).max;
        refuseToAsk(it, IRefusals.PolicyOutOfRange.selector);
        it.sealingDeadline = uint64(time + LEAST_SEALING);
        ask(it);
        it.sealingDeadline = uint64(time + TWO_WEEKS);
        ask(it);
    }

    function test_request_bond_hasALeastAndAMost() public {
        RequestTerms memory it = terms(0);
        it.bond = BOND - 1;
        refuseToAsk(it, IRefusals.PolicyOutOfRange.selector);
        it.bond = 10 * BOND + 1;
        refuseToAsk(it, IRefusals.PolicyOutOfRange.selector);
        it.bond = type(uint256).max;
        refuseToAsk(it, IRefusals.PolicyOutOfRange.selector);
        it.bond = BOND;
        ask(it);
        it.bond = 10 * BOND;
        ask(it);
    }

    function test_request_feeThatDoesNotFit96Bits_isRefused() public {
        RequestTerms memory it = terms(0);
        it.fee = 1 << 96;
        refuseToAsk(it, IRefusals.AmountOutOfRange.selector);
        it.fee = (1 << 96) - 1;
        ask(it);
        it.fee = 0;
        ask(it);
    }

    function test_request_twice_isRefused() public {
        ask();
        refuseToAsk(terms(0), IRefusals.Duplicate.selector);
        ask(terms(1));
        RequestTerms memory it = terms(0);
        pay(STRANGER, FEE);
        market.request{value: FEE}(it, model());
    }

    function test_request_otherValueThanTheFee_isRefused() public {
        RequestTerms memory it = terms(0);
        pay(REQUESTER, FEE - 1);
        vm.expectRevert(IRefusals.InsufficientFunds.selector);
        market.request{value: FEE - 1}(it, model());
        pay(REQUESTER, FEE + 1);
        vm.expectRevert(IRefusals.InsufficientFunds.selector);
        market.request{value: FEE + 1}(it, model());
        // A duplicate is told before.
        ask();
        pay(REQUESTER, FEE - 1);
        vm.expectRevert(IRefusals.Duplicate.selector);
        market.request{value: FEE - 1}(it, model());
    }

    function test_request_wrongInManyWays_isRefusedForTheFirst() public {
        RequestTerms memory it = terms(0, 3600 * 10_000 + 1);
        it.bond = 0;
        it.fee = 1 << 96;
        refuseToAsk(it, IRefusals.TooMuchWork.selector);
        it = terms(0);
        it.bond = 0;
        it.fee = 1 << 96;
        refuseToAsk(it, IRefusals.PolicyOutOfRange.selector);
    }

    // Refunds

    function test_refund_unknownRequest_isRefused() public {
        vm.expectRevert(IRefusals.UnknownRequest.selector);
        market.refund(RequestId.wrap(0));
    }

    function test_refund_afterTheLastSecondForSealing_creditsTheFee() public {
        RequestId id = ask();
        advance(SEALING_SECONDS);
        vm.expectRevert(IRefusals.TooEarly.selector);
        market.refund(id);
        advance(1);
        market.refund(id);
        assertEq(market.credits(REQUESTER), FEE, "credit");
        vm.expectRevert(IRefusals.RequestClosed.selector);
        market.refund(id);
        vm.expectRevert(IRefusals.FeeGone.selector);
        market.payFee(id);
        vm.expectRevert(IRefusals.RequestClosed.selector);
        market.result(id);
    }

    function test_refund_afterTheChainStoodStill_countsWhatTheBlocksStandFor() public {
        RequestId id = ask();
        standStill(1_000_000);
        vm.expectRevert(IRefusals.TooEarly.selector);
        market.refund(id);
        advance(SEALING_SECONDS - BLOCK_SECONDS);
        // 334 blocks stand for 4008 seconds.
        market.refund(id);
    }

    function test_refund_whileAClaimIsAlive_isRefused() public {
        RequestId id = ask();
        advance(SEALING_SECONDS);
        ClaimId claimed = seal(id, PROPOSER, 0, 0);
        advance(1);
        vm.expectRevert(IRefusals.StillUndecided.selector);
        market.refund(id);
        advance(REVEAL_SECONDS);
        market.expire(claimed);
        vm.expectRevert(IRefusals.TooEarly.selector);
        market.refund(id);
        advance(LEAST_SEALING + 1);
        market.refund(id);
    }

    function test_refund_finalRequest_isRefused() public {
        RequestId id = ask();
        ClaimId claimed = claim(id, PROPOSER, 0, 0);
        advance(CHALLENGE_SECONDS + 1);
        market.settle(claimed);
        vm.expectRevert(IRefusals.RequestClosed.selector);
        market.refund(id);
    }

    function test_withdraw_credit_isPaidOnce() public {
        RequestId id = ask();
        advance(SEALING_SECONDS + 1);
        market.refund(id);
        vm.prank(REQUESTER);
        market.withdraw();
        assertEq(REQUESTER.balance, FEE, "balance");
        vm.prank(REQUESTER);
        market.withdraw();
        assertEq(REQUESTER.balance, FEE, "balance");
    }

    // Time for sealing that a failed claim gives

    function test_claimFailed_lessThanTheLeastIsLeft_extendsSealing() public {
        RequestId id = ask();
        ClaimId claimed = seal(id, PROPOSER, 0, 0);
        advance(REVEAL_SECONDS + 1);
        vm.recordLogs();
        market.expire(claimed);
        assertLastIsSealingExtended();
        advance(LEAST_SEALING);
        seal(id, PROPOSER, 0, 1);
        advance(1);
        pay(PROPOSER, BOND);
        vm.expectRevert(IRefusals.TooLate.selector);
        market.sealClaim{value: BOND}(id, 0, tokens());
    }

    function test_claimFailed_theLeastIsLeft_extendsNothing() public {
        RequestTerms memory it = terms(0);
        it.sealingDeadline = uint64(time + REVEAL_SECONDS + 1 + LEAST_SEALING);
        RequestId exactly = ask(it);
        it.sealingDeadline--;
        it.nonce++;
        RequestId less = ask(it);
        ClaimId a = seal(exactly, PROPOSER, 0, 0);
        ClaimId b = seal(less, PROPOSER, 0, 0);
        advance(REVEAL_SECONDS + 1);
        vm.recordLogs();
        market.expire(a);
        assertEq(vm.getRecordedLogs().length, 1, "events");
        market.expire(b);
        assertEq(vm.getRecordedLogs().length, 2, "events");
    }

    function test_claimFailed_refuted_extendsSealing() public {
        RequestId id = ask();
        ClaimId claimed = claim(id, PROPOSER, 0, 0);
        market.openGame(claimed);
        advance(SEALING_SECONDS);
        vm.recordLogs();
        market.refute(claimed, 0);
        assertLastIsSealingExtended();
        seal(id, RIVAL, 0, 0);
    }

    function test_claimFailed_finalRequest_extendsNothing() public {
        RequestId id = ask();
        ClaimId first = claim(id, PROPOSER, 0, 0);
        ClaimId second = claim(id, RIVAL, 0, 0);
        advance(CHALLENGE_SECONDS + 1);
        market.settle(first);
        market.openGame(second);
        vm.recordLogs();
        market.refute(second, 0);
        assertEq(vm.getRecordedLogs().length, 1, "events");
    }

    function assertLastIsSealingExtended() private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        Vm.Log memory last = logs[logs.length - 1];
        assertEq(last.topics[0], IArbiter.SealingExtended.selector, "event");
        assertEq(uint256(bytes32(last.data)), time + LEAST_SEALING, "deadline");
    }
}
