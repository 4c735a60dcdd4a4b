// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Model, RequestId, RequestTerms} from "../src/Types.sol";
import {IRefusals} from "../src/IRefusals.sol";
import {ImageRules} from "../src/ImageRules.sol";
import {Deliveries} from "../src/consumer/Deliveries.sol";
import {KeptAnswer} from "../src/consumer/KeptAnswer.sol";
import {Oracle} from "../src/consumer/Oracle.sol";
import {StoredAnswer} from "../src/consumer/StoredAnswer.sol";
import {ConsumerBase} from "./ConsumerBase.sol";
import {Hostile, Listener, Locked, Reentrant} from "./Receivers.sol";

contract OracleTest is ConsumerBase {
    address internal constant ASKER = address(0xb001);
    uint64 internal constant GAS = 300_000;
    bytes internal constant TOKENS = hex"0100000002000000";

    Oracle internal oracle;

    function setUp() public override {
        super.setUp();
        oracle = new Oracle(arbiter());
    }

    function ask(address receiver, uint64 gas) internal returns (RequestId) {
        return ask(ASKER, terms(0), receiver, gas);
    }

    function ask(address asker, RequestTerms memory what, address receiver, uint64 gas)
        internal
        returns (RequestId)
    {
        pay(asker, FEE);
        return oracle.askModel{value: FEE}(what, model(), receiver, gas);
    }

    function stageOf(RequestId id) internal view returns (Deliveries.Stage stage) {
        (,, stage,,,,) = oracle.questions(id);
    }

    function keptAt(RequestId id) internal view returns (address place) {
        (,,,,,, place) = oracle.questions(id);
    }

    function test_deliver_finalAnswer_isToldOnceAndKept() public {
        Listener listener = new Listener();
        RequestId id = ask(address(listener), GAS);
        answer(id, TOKENS);
        vm.prank(STRANGER);
        oracle.deliver(id, TOKENS);
        assertEq(listener.answers(), 1, "answers");
        assertEq(RequestId.unwrap(listener.last()), RequestId.unwrap(id), "id");
        assertEq(listener.tokens(), TOKENS, "tokens");
        assertEq(oracle.output(id), TOKENS, "kept");
        vm.expectRevert(Deliveries.QuestionOver.selector);
        oracle.deliver(id, TOKENS);
        vm.expectRevert(Deliveries.QuestionOver.selector);
        oracle.refund(id);
        assertEq(listener.answers(), 1, "once");
        assertEq(oracle.refunds(ASKER), 0, "the proposer has earned the fee");
    }

    function test_deliver_notFinal_reverts() public {
        RequestId id = ask(address(0), 0);
        vm.expectRevert(IRefusals.StillUndecided.selector);
        oracle.deliver(id, TOKENS);
        vm.expectRevert(KeptAnswer.NotKept.selector);
        oracle.output(id);
    }

    function test_deliver_unknown_reverts() public {
        // Also one that the arbiter knows, and that was not asked here.
        RequestId id = ask();
        answer(id, TOKENS);
        vm.expectRevert(Deliveries.UnknownQuestion.selector);
        oracle.deliver(id, TOKENS);
        vm.expectRevert(Deliveries.UnknownQuestion.selector);
        oracle.refund(id);
    }

    function test_deliver_otherTokens_reverts() public {
        Listener listener = new Listener();
        RequestId id = ask(address(listener), GAS);
        answer(id, TOKENS);
        bytes[3] memory wrong = [bytes(hex"0100000003000000"), hex"01000000", hex"010000000200000000000000"];
        for (uint256 i = 0; i < wrong.length; i++) {
            vm.expectRevert(Deliveries.WrongTokens.selector);
            oracle.deliver(id, wrong[i]);
        }
        vm.expectRevert(IRefusals.OutputOutOfLimits.selector);
        oracle.deliver(id, hex"010000");
        oracle.deliver(id, TOKENS);
        assertEq(listener.answers(), 1, "answers");
    }

    /// The widest limits give the same root as the request's.
    function test_outputRoot_widestLimits_isTheSame() public {
        ImageRules rules = new ImageRules();
        assertEq(rules.outputRoot(TOKENS, 1 << 22, (1 << 31) - 1), rules.outputRoot(TOKENS, 2, 3), "root");
    }

    function test_deliver_hostileReceivers_loseNobodyAnything() public {
        for (uint256 way = 0; way < 5; way++) {
            uint64 gas = 3_000_000;
            Listener listener = new Listener();
            RequestId hostile = ask(address(new Hostile(Hostile.Way(way))), gas);
            answer(hostile, TOKENS);
            // A return of a megabyte would cost whoever copies it two million gas more.
            uint256 before = gasleft();
            oracle.deliver(hostile, TOKENS);
            assertTrue(before - gasleft() < gas + 200_000, "gas");
            assertEq(oracle.output(hostile), TOKENS, "kept");
            assertEq(uint256(stageOf(hostile)), uint256(Deliveries.Stage.ANSWERED), "over");
            RequestId other = ask(address(listener), GAS);
            answer(other, TOKENS);
            oracle.deliver(other, TOKENS);
            assertEq(listener.answers(), 1, "told");
        }
    }

    /// Whoever delivers while the receiver holds its lock does not keep the answer from it.
    function test_deliver_inTheMiddleOfTheReceiver_canBeRepeated() public {
        Locked receiver = new Locked();
        RequestId answered = ask(address(receiver), GAS);
        RequestId unanswered = ask(address(receiver), GAS);
        answer(answered, TOKENS);
        receiver.callOut(address(oracle), abi.encodeCall(oracle.deliver, (answered, TOKENS)));
        assertEq(receiver.answers(), 0, "locked");
        address kept = keptAt(answered);
        oracle.deliver(answered, TOKENS);
        assertEq(receiver.answers(), 1, "told");
        assertTrue(keptAt(answered) == kept && kept != address(0), "kept once");
        vm.expectRevert(Deliveries.QuestionOver.selector);
        oracle.deliver(answered, TOKENS);
        expire();
        receiver.callOut(address(oracle), abi.encodeCall(oracle.refund, (unanswered)));
        assertEq(receiver.noAnswers(), 0, "locked");
        vm.expectRevert(Deliveries.QuestionOver.selector);
        oracle.deliver(unanswered, TOKENS);
        oracle.refund(unanswered);
        assertEq(receiver.noAnswers(), 1, "told");
        vm.expectRevert(Deliveries.QuestionOver.selector);
        oracle.refund(unanswered);
        assertEq(oracle.refunds(ASKER), FEE, "one fee");
        assertEq(address(oracle).balance, FEE, "held");
    }

    function test_deliver_receiverThatReenters_isRefused() public {
        Reentrant receiver = new Reentrant(oracle);
        RequestId id = ask(address(receiver), 1_000_000);
        answer(id, TOKENS);
        oracle.deliver(id, TOKENS);
        assertEq(receiver.refused(), 2, "answered");
        RequestId unanswered = ask(address(receiver), 1_000_000);
        expire();
        oracle.refund(unanswered);
        assertEq(receiver.refused(), 4, "refunded");
        assertEq(oracle.refunds(ASKER), FEE, "once");
    }

    function test_deliver_tooLittleGas_changesNothing() public {
        Listener listener = new Listener();
        RequestId id = ask(address(listener), GAS);
        answer(id, TOKENS);
        uint256 tried = 0;
        for (uint256 gas = 100_000; gas < 500_000; gas += 5_000) {
            try oracle.deliver{gas: gas}(id, TOKENS) {
                assertEq(listener.answers(), 1, "with all its gas, or not at all");
                assertEq(oracle.output(id), TOKENS, "kept");
                assertTrue(tried > 40, "no gas was too little");
                return;
            } catch {
                tried++;
                assertEq(uint256(stageOf(id)), uint256(Deliveries.Stage.WAITING), "still waiting");
            }
        }
        assertTrue(false, "never delivered");
    }

    /// Without a receiver nothing but the answer's code needs the gas.
    function test_deliver_tooLittleGasToKeep_changesNothing() public {
        RequestTerms memory what = terms(0);
        what.inference.maxNewTokens = 1 << 20;
        bytes memory tokens_ = new bytes(8_000);
        RequestId id = ask(ASKER, what, address(0), 0);
        answer(id, tokens_);
        for (uint256 gas = 100_000; gas < 4_000_000; gas += 50_000) {
            try oracle.deliver{gas: gas}(id, tokens_) {
                assertEq(oracle.output(id), tokens_, "kept");
                assertTrue(gas > 1_000_000, "a kilobyte costs 200,000");
                return;
            } catch {}
        }
        assertTrue(false, "never delivered");
    }

    function test_deliver_longAnswer_isToldAndNotKept() public {
        RequestTerms memory what = terms(0);
        what.inference.maxNewTokens = 1 << 20;
        bytes memory longest = new bytes(24_572);
        RequestId fits = ask(ASKER, what, address(0), 0);
        answer(fits, longest);
        oracle.deliver(fits, longest);
        assertEq(oracle.output(fits), longest, "kept");
        what = terms(0);
        what.inference.maxNewTokens = 1 << 20;
        bytes memory longer = new bytes(24_576);
        Listener listener = new Listener();
        RequestId id = ask(ASKER, what, address(listener), 8_000_000);
        answer(id, longer);
        oracle.deliver(id, longer);
        assertEq(uint256(stageOf(id)), uint256(Deliveries.Stage.ANSWERED), "over");
        vm.expectRevert(KeptAnswer.NotKept.selector);
        oracle.output(id);
    }

    function test_ask_twoOfTheSame_areTwo() public {
        RequestId one = ask(ASKER, terms(0), address(0), 0);
        RequestId other = ask(STRANGER, terms(0), address(0), 0);
        assertTrue(RequestId.unwrap(one) != RequestId.unwrap(other), "one question");
    }

    function test_ask_gasOutOfRange_reverts() public {
        pay(ASKER, FEE);
        vm.expectRevert(Deliveries.GasLimitOutOfRange.selector);
        oracle.askModel{value: FEE}(terms(0), model(), address(1), (1 << 23) + 1);
        pay(ASKER, FEE);
        vm.expectRevert(Deliveries.GasLimitOutOfRange.selector);
        oracle.askModel{value: FEE}(terms(0), model(), address(0), 1);
        pay(ASKER, FEE);
        vm.expectRevert(Deliveries.GasLimitOutOfRange.selector);
        oracle.askModel{value: FEE}(terms(0), model(), address(1), 0);
    }

    function test_refund_nobodyAnswered_goesToEachAsker() public {
        Listener listener = new Listener();
        RequestId one = ask(ASKER, terms(0), address(listener), GAS);
        RequestId other = ask(STRANGER, terms(0), address(0), 0);
        vm.expectRevert(IRefusals.TooEarly.selector);
        oracle.refund(one);
        expire();
        // Whoever tells the arbiter before changes nothing.
        market.refund(other);
        oracle.refund(one);
        oracle.refund(other);
        assertEq(listener.noAnswers(), 1, "told");
        vm.expectRevert(Deliveries.QuestionOver.selector);
        oracle.refund(one);
        vm.expectRevert(Deliveries.QuestionOver.selector);
        oracle.deliver(one, TOKENS);
        assertEq(address(oracle).balance, 2 * FEE, "held");
        oracle.payRefunds(ASKER);
        oracle.payRefunds(ASKER);
        assertEq(ASKER.balance, FEE, "asker");
        oracle.payRefunds(STRANGER);
        assertEq(STRANGER.balance, FEE, "other asker");
        assertEq(address(oracle).balance, 0, "nothing is left");
    }

    function test_refund_answered_reverts() public {
        RequestId id = ask(address(0), 0);
        answer(id, TOKENS);
        vm.expectRevert(IRefusals.RequestClosed.selector);
        oracle.refund(id);
    }

    function test_refund_hostileAskerAndReceiver_loseNobodyAnything() public {
        for (uint256 way = 0; way < 5; way++) {
            Hostile hostile = new Hostile(Hostile.Way(way));
            RequestId bad = ask(address(hostile), terms(0), address(hostile), GAS);
            RequestId good = ask(ASKER, terms(0), address(0), 0);
            expire();
            oracle.refund(bad);
            oracle.refund(good);
            vm.expectRevert(Deliveries.RefundRefused.selector);
            oracle.payRefunds(address(hostile));
            uint256 before = ASKER.balance;
            oracle.payRefunds(ASKER);
            assertEq(ASKER.balance, before + FEE, "asker");
            assertEq(oracle.refunds(address(hostile)), FEE, "still there");
            assertEq(address(oracle).balance, (way + 1) * FEE, "held");
        }
    }

    function test_receive_fromAStranger_reverts() public {
        pay(STRANGER, 1);
        (bool accepted,) = address(oracle).call{value: 1}("");
        assertTrue(!accepted, "accepted");
    }

    function test_sample_answer_isStored() public {
        pay(ASKER, FEE);
        StoredAnswer sample = new StoredAnswer{value: FEE}(oracle, terms(0), model());
        RequestId id = sample.QUESTION();
        answer(id, TOKENS);
        vm.expectRevert(StoredAnswer.NotTheOracle.selector);
        sample.onAnswer(id, TOKENS);
        oracle.deliver(id, TOKENS);
        assertEq(sample.answer(), TOKENS, "answer");
    }

    function test_sample_noAnswer_refundGoesToTheOwner() public {
        pay(ASKER, FEE);
        StoredAnswer sample = new StoredAnswer{value: FEE}(oracle, terms(0), model());
        expire();
        oracle.refund(sample.QUESTION());
        assertEq(ASKER.balance, FEE, "owner");
        assertEq(sample.answer(), "", "answer");
    }
}
