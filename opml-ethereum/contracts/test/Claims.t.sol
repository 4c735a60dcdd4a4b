// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RequestId, ClaimId, ClaimStatus, RequestStatus, RequestTerms} from "../src/Types.sol";
import {IRefusals} from "../src/IRefusals.sol";
import {IArbiter} from "../src/IArbiter.sol";
import {MarketBase} from "./MarketBase.sol";
import {Vm} from "./Vm.sol";

contract ClaimsTest is MarketBase {
    function expectRefusal(bytes4 error) private {
        vm.expectRevert(error);
    }

    function assertStatus(ClaimId id, ClaimStatus expected) private view {
        (, ClaimStatus status,,) = market.moveWord(id);
        assertEq(uint256(status), uint256(expected), "claim status");
    }

    // Seals

    function test_sealClaim_unknownRequest_isRefused() public {
        pay(PROPOSER, BOND);
        expectRefusal(IRefusals.UnknownRequest.selector);
        market.sealClaim{value: BOND}(RequestId.wrap(0), 0, tokens());
    }

    function test_sealClaim_lastSecond_isTheLastPossible() public {
        RequestId id = ask();
        advance(SEALING_SECONDS);
        seal(id, PROPOSER, 0, 0);
        advance(1);
        pay(PROPOSER, BOND);
        expectRefusal(IRefusals.TooLate.selector);
        market.sealClaim{value: BOND}(id, bytes32("seal"), tokens());
    }

    function test_sealClaim_afterTheChainStoodStill_isPossible() public {
        RequestId id = ask();
        standStill(1_000_000);
        seal(id, PROPOSER, 0, 0);
    }

    function test_sealClaim_closedRequest_isRefused() public {
        RequestId id = ask();
        advance(SEALING_SECONDS + 1);
        market.refund(id);
        pay(PROPOSER, BOND);
        expectRefusal(IRefusals.RequestClosed.selector);
        market.sealClaim{value: BOND}(id, 0, tokens());
        id = ask(terms(1));
        ClaimId claimed = claim(id, PROPOSER, 0, 0);
        advance(CHALLENGE_SECONDS + 1);
        market.settle(claimed);
        pay(PROPOSER, BOND);
        expectRefusal(IRefusals.RequestClosed.selector);
        market.sealClaim{value: BOND}(id, bytes32("seal"), tokens());
    }

    function test_sealClaim_outputOutOfLimits_isRefused() public {
        RequestId id = ask();
        bytes[4] memory outputs = [bytes(""), hex"010000", hex"010000000200000003000000", hex"64000000"];
        for (uint256 i = 0; i < outputs.length; i++) {
            pay(PROPOSER, BOND);
            expectRefusal(IRefusals.OutputOutOfLimits.selector);
            market.sealClaim{value: BOND}(id, 0, outputs[i]);
        }
    }

    function test_sealClaim_twice_isRefusedBeforeMoneyIs() public {
        RequestId id = ask();
        seal(id, PROPOSER, 0, 0);
        bytes32 hash = sealOf(id, PROPOSER, 0, 0);
        pay(PROPOSER, BOND);
        expectRefusal(IRefusals.Duplicate.selector);
        market.sealClaim{value: BOND}(id, hash, tokens());
        vm.prank(PROPOSER);
        expectRefusal(IRefusals.Duplicate.selector);
        market.sealClaim(id, hash, tokens());
        // Another may use the same seal, for all the good that does it.
        pay(RIVAL, BOND);
        market.sealClaim{value: BOND}(id, hash, tokens());
    }

    function test_sealClaim_otherValueThanTheBond_isRefused() public {
        RequestId id = ask();
        pay(PROPOSER, BOND - 1);
        expectRefusal(IRefusals.InsufficientFunds.selector);
        market.sealClaim{value: BOND - 1}(id, 0, tokens());
        pay(PROPOSER, BOND + 1);
        expectRefusal(IRefusals.InsufficientFunds.selector);
        market.sealClaim{value: BOND + 1}(id, 0, tokens());
    }

    function test_sealClaim_sealOfZero_isASealLikeAnyOther() public {
        RequestId id = ask();
        pay(PROPOSER, BOND);
        ClaimId claimed = market.sealClaim{value: BOND}(id, 0, tokens());
        assertStatus(claimed, ClaimStatus.SEALED);
        advance(REVEAL_SECONDS + 1);
        market.expire(claimed);
    }

    function test_sealClaim_severalClaims_areNumberedFrom1() public {
        RequestId id = ask();
        for (uint256 i = 0; i < 5; i++) {
            (,, uint32 placed,) = market.moveWord(seal(id, PROPOSER, 0, i));
            assertEq(placed, i + 1, "number");
        }
    }

    // Reveals

    function test_reveal_unknownClaim_isRefused() public {
        expectRefusal(IRefusals.UnknownClaim.selector);
        market.reveal(ClaimId.wrap(0), 0, 0, "");
    }

    function test_reveal_byAnother_isRefused() public {
        ClaimId id = seal(ask(), PROPOSER, 0, 0);
        advance(REVEAL_DELAY);
        vm.prank(RIVAL);
        expectRefusal(IRefusals.NotYours.selector);
        market.reveal(id, finalRoot(0), 0, outputPath(0));
    }

    function test_reveal_outsideItsWindow_isRefused() public {
        RequestId request = ask();
        ClaimId id = seal(request, PROPOSER, 0, 0);
        ClaimId other = seal(request, PROPOSER, 0, 1);
        ClaimId late = seal(request, PROPOSER, 0, 2);
        advance(REVEAL_DELAY - 1);
        vm.prank(PROPOSER);
        expectRefusal(IRefusals.TooEarly.selector);
        market.reveal(id, finalRoot(0), 0, outputPath(0));
        advance(1);
        reveal(id, PROPOSER, 0, 0);
        advance(REVEAL_SECONDS - REVEAL_DELAY);
        reveal(other, PROPOSER, 0, 1);
        advance(1);
        vm.prank(PROPOSER);
        expectRefusal(IRefusals.TooLate.selector);
        market.reveal(late, finalRoot(0), bytes32(uint256(2)), outputPath(0));
    }

    function test_reveal_afterTheChainStoodStill_countsWhatTheBlocksStandFor() public {
        ClaimId id = seal(ask(), PROPOSER, 0, 0);
        standStill(1_000_000);
        vm.prank(PROPOSER);
        expectRefusal(IRefusals.TooEarly.selector);
        market.reveal(id, finalRoot(0), 0, outputPath(0));
        advance(REVEAL_DELAY - BLOCK_SECONDS);
        reveal(id, PROPOSER, 0, 0);
    }

    function test_reveal_twice_isRefused() public {
        ClaimId id = claim(ask(), PROPOSER, 0, 0);
        vm.prank(PROPOSER);
        expectRefusal(IRefusals.WrongClaimStatus.selector);
        market.reveal(id, finalRoot(0), 0, outputPath(0));
    }

    function test_reveal_otherValuesThanSealed_isRefused() public {
        RequestId request = ask();
        ClaimId id = seal(request, PROPOSER, 0, 0);
        ClaimId bad = seal(request, PROPOSER, 1, 0);
        advance(REVEAL_DELAY);
        vm.prank(PROPOSER);
        expectRefusal(IRefusals.SealMismatch.selector);
        market.reveal(id, finalRoot(1), 0, outputPath(1));
        vm.prank(PROPOSER);
        expectRefusal(IRefusals.SealMismatch.selector);
        market.reveal(id, finalRoot(0), bytes32(uint256(1)), outputPath(0));
        vm.prank(PROPOSER);
        expectRefusal(IRefusals.OutputNotInFinalRoot.selector);
        market.reveal(bad, finalRoot(1), 0, outputPath(0));
        vm.prank(PROPOSER);
        expectRefusal(IRefusals.OutputNotInFinalRoot.selector);
        market.reveal(bad, finalRoot(1), 0, "");
        reveal(id, PROPOSER, 0, 0);
        reveal(bad, PROPOSER, 1, 0);
    }

    function test_reveal_longRequest_hasTimeToRunItAgain() public {
        RequestId request = ask(terms(0, 3600 * 10_000));
        uint256 bond = 5 ether + 3600 * 10_000 * 1000 gwei;
        bytes32 hash = sealOf(request, PROPOSER, 0, 0);
        pay(PROPOSER, bond);
        ClaimId id = market.sealClaim{value: bond}(request, hash, tokens());
        advance(REVEAL_DELAY + 600 + 3600);
        expectRefusal(IRefusals.TooEarly.selector);
        market.expire(id);
        reveal(id, PROPOSER, 0, 0);
    }

    // Expiries

    function test_expire_unknownClaim_isRefused() public {
        expectRefusal(IRefusals.UnknownClaim.selector);
        market.expire(ClaimId.wrap(0));
    }

    function test_expire_afterTheLastSecondOfTheReveal_burnsTheBond() public {
        ClaimId id = seal(ask(), PROPOSER, 0, 0);
        advance(REVEAL_SECONDS);
        expectRefusal(IRefusals.TooEarly.selector);
        market.expire(id);
        advance(1);
        vm.recordLogs();
        market.expire(id);
        assertEq(vm.getRecordedLogs()[0].data, abi.encode(BOND), "burnt");
        assertStatus(id, ClaimStatus.EXPIRED);
        expectRefusal(IRefusals.WrongClaimStatus.selector);
        market.expire(id);
        vm.prank(PROPOSER);
        expectRefusal(IRefusals.WrongClaimStatus.selector);
        market.reveal(id, finalRoot(0), 0, outputPath(0));
    }

    function test_expire_revealedClaim_isRefused() public {
        ClaimId id = claim(ask(), PROPOSER, 0, 0);
        advance(REVEAL_SECONDS + 1);
        expectRefusal(IRefusals.WrongClaimStatus.selector);
        market.expire(id);
    }

    // Settlements

    function test_settle_unknownClaim_isRefused() public {
        expectRefusal(IRefusals.UnknownClaim.selector);
        market.settle(ClaimId.wrap(0));
    }

    function test_settle_afterTheLastSecondForChallenges_returnsTheBond() public {
        RequestId request = ask();
        ClaimId id = claim(request, PROPOSER, 0, 0);
        advance(CHALLENGE_SECONDS);
        expectRefusal(IRefusals.TooEarly.selector);
        market.settle(id);
        expectRefusal(IRefusals.StillUndecided.selector);
        market.result(request);
        advance(1);
        vm.recordLogs();
        market.settle(id);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs[0].topics[0], IArbiter.ClaimFinal.selector, "first event");
        assertEq(logs[1].topics[0], IArbiter.RequestFinal.selector, "second event");
        assertEq(market.credits(PROPOSER), BOND, "credit");
        (ClaimId payee, bytes32 outputRoot, bytes32 root, address consumer) = market.result(request);
        assertEq(ClaimId.unwrap(payee), ClaimId.unwrap(id), "payee");
        assertEq(outputRoot, keccak256(tokens()), "output root");
        assertEq(root, finalRoot(0), "final root");
        assertEq(consumer, CONSUMER, "consumer");
        expectRefusal(IRefusals.WrongClaimStatus.selector);
        market.settle(id);
    }

    function test_settle_afterTheChainStoodStill_countsWhatTheBlocksStandFor() public {
        ClaimId id = claim(ask(), PROPOSER, 0, 0);
        standStill(1_000_000);
        expectRefusal(IRefusals.TooEarly.selector);
        market.settle(id);
        advance(CHALLENGE_SECONDS + 1 - BLOCK_SECONDS);
        market.settle(id);
    }

    function test_settle_sealedClaim_isRefused() public {
        ClaimId id = seal(ask(), PROPOSER, 0, 0);
        advance(CHALLENGE_SECONDS + 1);
        expectRefusal(IRefusals.WrongClaimStatus.selector);
        market.settle(id);
    }

    function test_settle_whileAGameIsOpen_isRefused() public {
        ClaimId id = claim(ask(), PROPOSER, 0, 0);
        market.openGame(id);
        advance(CHALLENGE_SECONDS);
        expectRefusal(IRefusals.TooEarly.selector);
        market.settle(id);
        advance(1);
        expectRefusal(IRefusals.StillUndecided.selector);
        market.settle(id);
        market.endGame(id);
        market.settle(id);
    }

    function test_settle_refutedClaim_isRefused() public {
        ClaimId id = claim(ask(), PROPOSER, 0, 0);
        market.openGame(id);
        market.openGame(id);
        advance(CHALLENGE_SECONDS + 1);
        market.refute(id, 1 ether);
        assertStatus(id, ClaimStatus.REFUTED);
        assertEq(market.bondOf(id), 1 ether, "quota");
        market.close(id);
        expectRefusal(IRefusals.WrongClaimStatus.selector);
        market.settle(id);
        expectRefusal(IRefusals.UnknownRequest.selector);
        market.result(RequestId.wrap(0));
    }

    // Fees

    function test_payFee_unknownRequest_isRefused() public {
        expectRefusal(IRefusals.UnknownRequest.selector);
        market.payFee(RequestId.wrap(0));
    }

    function test_payFee_beforeAClaimIsFinal_isRefused() public {
        RequestId request = ask();
        expectRefusal(IRefusals.StillUndecided.selector);
        market.payFee(request);
        ClaimId id = claim(request, PROPOSER, 0, 0);
        expectRefusal(IRefusals.StillUndecided.selector);
        market.payFee(request);
        advance(CHALLENGE_SECONDS + 1);
        market.settle(id);
        market.payFee(request);
        assertEq(market.credits(PROPOSER), BOND + FEE, "credit");
        expectRefusal(IRefusals.FeeGone.selector);
        market.payFee(request);
        assertEq(address(market).balance, BOND + FEE, "balance");
    }

    /// Three claims; the middle one is final first.
    function threeClaims(uint256 first, uint256 last)
        private
        returns (RequestId request, ClaimId a, ClaimId b, ClaimId c)
    {
        request = ask();
        a = seal(request, PROPOSER, first, 0);
        b = seal(request, RIVAL, 1, 0);
        c = seal(request, STRANGER, last, 0);
        advance(REVEAL_DELAY);
        reveal(b, RIVAL, 1, 0);
        advance(1);
        reveal(a, PROPOSER, first, 0);
        reveal(c, STRANGER, last, 0);
        advance(CHALLENGE_SECONDS);
        market.settle(b);
        advance(1);
    }

    function test_payFee_whileAnEarlierClaimIsAlive_isRefused() public {
        (RequestId request, ClaimId a,, ClaimId c) = threeClaims(1, 1);
        expectRefusal(IRefusals.StillUndecided.selector);
        market.payFee(request);
        market.settle(c);
        expectRefusal(IRefusals.StillUndecided.selector);
        market.payFee(request);
        market.settle(a);
        market.payFee(request);
        assertEq(market.credits(PROPOSER), BOND + FEE, "credit of the first");
        assertEq(market.credits(RIVAL), BOND, "credit of who was final first");
        (ClaimId payee,,,) = market.result(request);
        assertEq(ClaimId.unwrap(payee), ClaimId.unwrap(a), "payee");
    }

    function test_payFee_whileALaterClaimIsAlive_isPaid() public {
        (RequestId request, ClaimId a,, ClaimId c) = threeClaims(1, 1);
        market.settle(a);
        market.payFee(request);
        market.settle(c);
        assertEq(market.credits(PROPOSER), BOND + FEE, "credit of the first");
        assertEq(market.credits(STRANGER), BOND, "credit of the last");
    }

    function test_payFee_earlierClaimWithAnotherRoot_earnsNothing() public {
        (RequestId request, ClaimId a,,) = threeClaims(2, 1);
        market.settle(a);
        market.payFee(request);
        assertEq(market.credits(PROPOSER), BOND, "credit of the first");
        assertEq(market.credits(RIVAL), BOND + FEE, "credit of the final root");
    }

    function test_payFee_earlierClaimThatFailed_earnsNothing() public {
        (RequestId request, ClaimId a,,) = threeClaims(1, 1);
        market.openGame(a);
        market.refute(a, 0);
        market.payFee(request);
        assertEq(market.credits(RIVAL), BOND + FEE, "credit");
    }

    function test_settle_afterTheFeeWasPaid_changesNoResult() public {
        (RequestId request, ClaimId a, ClaimId b, ClaimId c) = threeClaims(2, 1);
        market.settle(a);
        market.payFee(request);
        market.settle(c);
        (ClaimId payee,,,) = market.result(request);
        assertEq(ClaimId.unwrap(payee), ClaimId.unwrap(b), "payee");
    }

    // The list of undecided claims

    /// Claims are decided in any order, and others sealed in between; after each change the list is what it should be.
    function test_list_anyOrder_holdsTheUndecided(uint256 seed) public {
        RequestTerms memory it = terms(0);
        it.sealingDeadline = uint64(time + TWO_WEEKS);
        RequestId request = ask(it);
        ClaimId[] memory alive = new ClaimId[](12);
        uint256 count = 0;
        for (uint256 i = 0; i < 30; i++) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (count == 0 || (count < alive.length && seed % 2 == 0)) {
                alive[count++] = seal(request, PROPOSER, 0, i);
            } else {
                uint256 gone = (seed >> 8) % count;
                advance(REVEAL_SECONDS + 1);
                market.expire(alive[gone]);
                count--;
                for (uint256 j = gone; j < count; j++) {
                    alive[j] = alive[j + 1];
                }
            }
            assertList(request, alive, count);
        }
    }

    function assertList(RequestId request, ClaimId[] memory alive, uint256 count) private view {
        uint32[] memory numbers = market.alive(request);
        uint32[] memory fromEnd = market.aliveFromEnd(request);
        assertEq(numbers.length, count, "length of the list");
        for (uint256 i = 0; i < count; i++) {
            (,, uint32 placed,) = market.moveWord(alive[i]);
            assertEq(numbers[i], placed, "list");
            assertEq(fromEnd[i], placed, "list from its end");
        }
    }

    function test_list_onlyClaim_storesNoLink() public {
        RequestId request = ask();
        ClaimId first = seal(request, PROPOSER, 0, 0);
        assertEq(market.links(request, 1), 0, "links of the only claim");
        ClaimId second = seal(request, RIVAL, 0, 0);
        assertEq(market.links(request, 1), 2, "links of the first");
        assertEq(market.links(request, 2), 1 << 32, "links of the second");
        advance(REVEAL_SECONDS + 1);
        market.expire(first);
        assertEq(market.links(request, 1), 0, "links of who is gone");
        assertEq(market.links(request, 2), 0, "links of who is left");
        market.expire(second);
        assertEq(uint256(market.statusOf(request)), uint256(RequestStatus.OPEN), "request");
    }
}
