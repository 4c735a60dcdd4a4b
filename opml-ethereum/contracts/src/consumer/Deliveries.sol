// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Model, RequestId, RequestStatus, RequestTerms} from "../Types.sol";
import {Arbiter} from "../Arbiter.sol";
import {IImageRules} from "../IImageRules.sol";
import {KeptAnswer} from "./KeptAnswer.sol";

/// Asks the arbiter for others, and delivers what becomes final. Anybody may deliver, and again if the receiver failed. A
/// receiver gets the gas that was asked for and no more, and nothing that it does, fails to do or returns has an effect
/// on anybody else.
abstract contract Deliveries {
    enum Stage {
        NONE,
        WAITING,
        ANSWERED,
        REFUNDED
    }

    struct Question {
        // A word
        /// Whom to call; 0: nobody.
        address receiver;
        /// Gas of that call.
        uint64 gasLimit;
        Stage stage;
        /// Nobody is to be called any more.
        bool told;
        // A word
        /// Who has paid the fee.
        address asker;
        uint96 fee;
        // A word
        /// Where the answer is kept; 0: it is too long, or there is none.
        address answer;
    }

    /// A question was put to the arbiter.
    event Asked(RequestId indexed id, address indexed asker, address indexed receiver, uint64 gasLimit);
    /// An answer was delivered; emitted again for each further call of a receiver that failed, as the next.
    /// @param accepted whether the receiver was called and did not fail
    event Delivered(RequestId indexed id, bool accepted);
    /// A question that nobody has answered is over, and the asker can take the fee.
    /// @param accepted whether the receiver was called and did not fail
    event Refunded(RequestId indexed id, bool accepted);

    /// There is no such question here.
    error UnknownQuestion();
    /// The question was answered or refunded before, and who was to be told was told.
    error QuestionOver();
    /// The tokens are not the final answer.
    error WrongTokens();
    /// More gas than a transaction may be able to bring; or gas for nobody, or none for somebody.
    error GasLimitOutOfRange();
    /// The transaction has less gas left than the receiver was promised.
    error NotEnoughGas();
    /// The asker did not accept its refund.
    error RefundRefused();

    /// Half of what a transaction can have (EIP-7825): the rest is for the proof of the tokens.
    uint256 private constant MOST_GAS = 1 << 23;
    /// What the call itself costs before the receiver begins, generously.
    uint256 private constant CALL_GAS = 10_000;

    // The widest limits: the tokens are compared with a root whose claim was held to the request's.
    uint256 private constant MOST_TOKENS = 1 << 22;
    uint256 private constant MOST_VOCABULARY = (1 << 31) - 1;

    Arbiter public immutable ARBITER;
    IImageRules private immutable RULES;

    mapping(RequestId => Question) public questions;
    /// Fees that askers can take back.
    mapping(address => uint256) public refunds;
    uint64 private asked;

    constructor(Arbiter arbiter) {
        ARBITER = arbiter;
        RULES = arbiter.RULES();
    }

    /// Takes what the arbiter gives back.
    receive() external payable {
        require(msg.sender == address(ARBITER));
    }

    /// Delivers the final answer of a question. Anybody may, until the receiver has taken it: whoever delivers first
    /// chooses the moment, which may be in the middle of what the receiver does.
    /// @param tokens of the final claim, 32 bits each, little-endian: its seal's event has them
    function deliver(RequestId id, bytes calldata tokens) external {
        (Question storage question, bool first) = end(id, Stage.ANSWERED);
        (, bytes32 outputRoot,,) = ARBITER.result(id);
        require(RULES.outputRoot(tokens, MOST_TOKENS, MOST_VOCABULARY) == outputRoot, WrongTokens());
        if (first && tokens.length <= KeptAnswer.MOST) {
            question.answer = KeptAnswer.write(tokens);
        }
        emit Delivered(id, tell(question, answerMessage(id, tokens)));
    }

    /// Ends a question that nobody can answer any more. Anybody may, until the receiver has heard it.
    function refund(RequestId id) external {
        (Question storage question, bool first) = end(id, Stage.REFUNDED);
        if (first) {
            // Somebody may have told the arbiter before.
            if (ARBITER.statusOf(id) != RequestStatus.REFUNDED) {
                ARBITER.refund(id);
            }
            ARBITER.withdraw();
            refunds[question.asker] += question.fee;
        }
        emit Refunded(id, tell(question, noAnswerMessage(id)));
    }

    /// Pays an asker its refunds. Anybody may.
    function payRefunds(address asker) external {
        uint256 amount = refunds[asker];
        refunds[asker] = 0;
        (bool accepted,) = asker.call{value: amount}("");
        require(accepted, RefundRefused());
    }

    /// A delivered answer; reverts if there is none, or it was too long to be kept.
    /// @return tokens 32 bits each, little-endian
    function output(RequestId id) external view returns (bytes memory tokens) {
        return KeptAnswer.read(questions[id].answer);
    }

    /// Puts a question to the arbiter and pays all that was sent as its fee.
    /// @param terms fee, consumer and nonce are set here; the nonce, so that nobody can ask the same before
    function ask(RequestTerms memory terms, Model memory model, address receiver, uint64 gasLimit)
        internal
        returns (RequestId id)
    {
        require(gasLimit <= MOST_GAS && (gasLimit == 0) == (receiver == address(0)), GasLimitOutOfRange());
        terms.fee = msg.value;
        terms.consumer = receiver;
        terms.nonce = ++asked;
        id = ARBITER.request{value: msg.value}(terms, model);
        questions[id] =
            Question(receiver, gasLimit, Stage.WAITING, false, msg.sender, uint96(msg.value), address(0));
        emit Asked(id, msg.sender, receiver, gasLimit);
    }

    /// How a receiver is told of an answer.
    function answerMessage(RequestId id, bytes calldata tokens) internal virtual returns (bytes memory);

    /// How a receiver is told that there is no answer.
    function noAnswerMessage(RequestId id) internal virtual returns (bytes memory);

    /// Ends a question, or ends it again to tell a receiver that has failed.
    function end(RequestId id, Stage stage) private returns (Question storage question, bool first) {
        question = questions[id];
        require(question.stage != Stage.NONE, UnknownQuestion());
        first = question.stage == Stage.WAITING;
        require(first || (question.stage == stage && !question.told), QuestionOver());
        // Until the call has failed, so that the receiver cannot call back.
        (question.stage, question.told) = (stage, true);
    }

    /// Calls the receiver. What it returns is not looked at, so that it may be of any length.
    function tell(Question storage question, bytes memory message) private returns (bool accepted) {
        (address receiver, uint256 gasLimit) = (question.receiver, question.gasLimit);
        if (receiver == address(0)) return false;
        // A call gets 63 of 64 parts at most, and less than it names without a failure. Else whoever delivers could
        // make it fail.
        require(gasleft() - gasleft() / 64 > gasLimit + CALL_GAS, NotEnoughGas());
        assembly ("memory-safe") {
            accepted := call(gasLimit, receiver, 0, add(message, 0x20), mload(message), 0, 0)
        }
        if (!accepted) question.told = false;
    }
}
