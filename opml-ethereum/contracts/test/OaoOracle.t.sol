// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RequestId} from "../src/Types.sol";
import {Deliveries} from "../src/consumer/Deliveries.sol";
import {IAIOracle, IAIOracleReceiver} from "../src/consumer/IAIOracle.sol";
import {OaoOracle} from "../src/consumer/OaoOracle.sol";
import {ConsumerBase} from "./ConsumerBase.sol";
import {Vm} from "./Vm.sol";

/// Uses OAO as its consumers do.
contract OaoConsumer is IAIOracleReceiver {
    IAIOracle private immutable ORACLE;
    uint256 public calls;
    uint256 public errors;
    uint256 public requestId;
    bytes public output;
    bytes public callbackData;

    constructor(IAIOracle oracle) {
        ORACLE = oracle;
    }

    function calculate(bytes calldata prompt, uint64 gas, bytes calldata data) external payable {
        requestId =
            ORACLE.requestCallback{value: ORACLE.estimateFee(1, gas)}(1, prompt, address(this), gas, data);
    }

    function aiOracleCallback(uint256 id, bytes calldata output_, bytes calldata data) external {
        require(msg.sender == address(ORACLE) && id == requestId, "not the oracle");
        calls++;
        (output, callbackData) = (output_, data);
    }

    function aiOracleCallbackError(uint256 id, uint8 code, bytes calldata message, bytes calldata data)
        external
    {
        require(msg.sender == address(ORACLE) && id == requestId && code == 0, "not the oracle");
        errors++;
        (output, callbackData) = (message, data);
    }
}

contract OaoOracleTest is ConsumerBase {
    uint64 private constant GAS = 400_000;
    bytes private constant TOKENS = hex"0100000002000000";
    bytes private constant DATA = "user data";

    OaoOracle private oracle;
    OaoConsumer private consumer;

    function setUp() public override {
        super.setUp();
        OaoOracle.Offer[] memory offers = new OaoOracle.Offer[](2);
        for (uint256 i = 0; i < 2; i++) {
            offers[i] = OaoOracle.Offer({
                id: modelId(),
                model: model(),
                maxNewTokens: 2,
                stopPolicy: 0,
                sampling: inference(NODES).sampling,
                leastFee: i * FEE,
                sealingSeconds: uint64(SEALING_SECONDS),
                challengeWindow: uint64(CHALLENGE_SECONDS),
                bond: BOND
            });
        }
        oracle = new OaoOracle(arbiter(), offers);
        consumer = new OaoConsumer(oracle);
    }

    function calculate() private returns (RequestId) {
        vm.deal(address(consumer), FEE);
        consumer.calculate(inference(NODES).prompt, GAS, DATA);
        return RequestId.wrap(bytes32(consumer.requestId()));
    }

    function test_selectors_areThoseOfOao() public pure {
        assertEq(bytes32(IAIOracleReceiver.aiOracleCallback.selector), bytes32(bytes4(0xb0347814)), "answer");
        assertEq(
            bytes32(IAIOracleReceiver.aiOracleCallbackError.selector), bytes32(bytes4(0x8e6fd006)), "error"
        );
    }

    function test_requestCallback_finalAnswer_isCalledBackOnce() public {
        RequestId id = calculate();
        assertTrue(!oracle.isFinalized(consumer.requestId()), "too early");
        answer(id, TOKENS);
        assertTrue(oracle.isFinalized(consumer.requestId()), "final");
        vm.recordLogs();
        vm.prank(STRANGER);
        oracle.deliver(id, TOKENS);
        Vm.Log memory log_ = vm.getRecordedLogs()[0];
        assertEq(log_.topics[0], IAIOracle.AICallbackResult.selector, "event");
        assertEq(log_.topics[1], bytes32(uint256(uint160(address(consumer)))), "account");
        assertEq(log_.data, abi.encode(STRANGER, TOKENS), "invoker and output");
        assertEq(consumer.calls(), 1, "calls");
        assertEq(consumer.output(), TOKENS, "output");
        assertEq(consumer.callbackData(), DATA, "data");
        vm.expectRevert(Deliveries.QuestionOver.selector);
        oracle.deliver(id, TOKENS);
    }

    function test_requestCallback_noAnswer_isAnErrorAndTheFeeIsHeld() public {
        RequestId id = calculate();
        expire();
        oracle.refund(id);
        assertEq(consumer.errors(), 1, "errors");
        assertEq(consumer.output(), "no claim became final", "message");
        assertEq(consumer.callbackData(), DATA, "data");
        // As OAO never pays, its consumers need not be able to take anything.
        vm.expectRevert(Deliveries.RefundRefused.selector);
        oracle.payRefunds(address(consumer));
        assertEq(oracle.refunds(address(consumer)), FEE, "refund");
        assertTrue(!oracle.isFinalized(consumer.requestId()), "final");
    }

    function test_requestCallback_nobodyToCall_canBeRead() public {
        pay(STRANGER, FEE);
        RequestId id = RequestId.wrap(
            bytes32(oracle.requestCallback{value: FEE}(1, inference(NODES).prompt, address(0), 0, ""))
        );
        answer(id, TOKENS);
        oracle.deliver(id, TOKENS);
        assertEq(oracle.output(id), TOKENS, "kept");
    }

    function test_requestCallback_unknownModelOrLittleFee_reverts() public {
        vm.expectRevert(OaoOracle.UnknownModel.selector);
        oracle.requestCallback(2, "", address(0), 0, "");
        vm.expectRevert(OaoOracle.UnknownModel.selector);
        oracle.estimateFee(2, 0);
        pay(STRANGER, FEE);
        vm.expectRevert(OaoOracle.InsufficientFee.selector);
        oracle.requestCallback{value: FEE - 1}(1, inference(NODES).prompt, address(0), 0, "");
    }

    /// What is sent above the least fee is for the proposer, as nobody could be given it back.
    function test_requestCallback_moreThanTheFee_isTheFee() public {
        pay(STRANGER, 3 * FEE);
        RequestId id = RequestId.wrap(
            bytes32(oracle.requestCallback{value: 3 * FEE}(1, inference(NODES).prompt, address(0), 0, ""))
        );
        assertEq(market.lockedFee(id), 3 * FEE, "fee");
    }
}
