// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Inference, Model, ModelId, RequestId, RequestStatus, RequestTerms, Sampling} from "../Types.sol";
import {Arbiter} from "../Arbiter.sol";
import {Deliveries} from "./Deliveries.sol";
import {IAIOracle, IAIOracleReceiver} from "./IAIOracle.sol";

/// For contracts that were written for OAO. They name a model by a small number and say nothing of how it is run, so
/// whoever deploys this says that for each model, for ever. Input and output are what the model reads and writes, not
/// text: token ids of 32 bits each, little-endian, or a vector of bytes. The callback comes once, when the answer is
/// final, so there is no result that could still change.
contract OaoOracle is Deliveries, IAIOracle {
    /// How one model is run.
    struct Offer {
        ModelId id;
        Model model;
        uint32 maxNewTokens;
        uint8 stopPolicy;
        Sampling sampling;
        uint256 leastFee;
        /// Time for sealing, in seconds.
        uint64 sealingSeconds;
        /// Time for challenges, in seconds.
        uint64 challengeWindow;
        /// Bond of a claim.
        uint256 bond;
    }

    /// There is no model with this number.
    error UnknownModel();
    /// Less was sent than `estimateFee` says.
    error InsufficientFee();

    /// In the place of a code: OAO has none for an answer that nobody gave.
    uint8 private constant INVALID_INPUT = 0;

    Offer[] private offers;
    mapping(RequestId => bytes) private callbackDataOf;

    /// @param offers_ the models, numbered from 0
    constructor(Arbiter arbiter, Offer[] memory offers_) Deliveries(arbiter) {
        for (uint256 i = 0; i < offers_.length; i++) {
            offers.push(offers_[i]);
        }
    }

    /// How a model is run.
    function offer(uint256 modelId) public view returns (Offer memory) {
        require(modelId < offers.length, UnknownModel());
        return offers[modelId];
    }

    /// @inheritdoc IAIOracle
    function requestCallback(
        uint256 modelId,
        bytes memory input,
        address callbackContract,
        uint64 gasLimit,
        bytes memory callbackData
    ) external payable returns (uint256 requestId) {
        Offer memory it = offer(modelId);
        require(msg.value >= it.leastFee, InsufficientFee());
        RequestTerms memory terms;
        terms.model = it.id;
        terms.inference = Inference(input, it.maxNewTokens, it.stopPolicy, it.sampling, "");
        terms.sealingDeadline = uint64(block.timestamp) + it.sealingSeconds;
        terms.challengeWindow = it.challengeWindow;
        terms.bond = it.bond;
        RequestId id = ask(terms, it.model, callbackContract, gasLimit);
        callbackDataOf[id] = callbackData;
        requestId = uint256(RequestId.unwrap(id));
        emit AICallbackRequest(
            msg.sender, requestId, modelId, input, callbackContract, gasLimit, callbackData
        );
    }

    /// @inheritdoc IAIOracle
    function estimateFee(uint256 modelId, uint256) external view returns (uint256) {
        return offer(modelId).leastFee;
    }

    /// @inheritdoc IAIOracle
    function isFinalized(uint256 requestId) external view returns (bool) {
        return ARBITER.statusOf(RequestId.wrap(bytes32(requestId))) == RequestStatus.FINAL;
    }

    function answerMessage(RequestId id, bytes calldata tokens) internal override returns (bytes memory) {
        uint256 requestId = uint256(RequestId.unwrap(id));
        emit AICallbackResult(questions[id].asker, requestId, msg.sender, tokens);
        return abi.encodeCall(IAIOracleReceiver.aiOracleCallback, (requestId, tokens, callbackDataOf[id]));
    }

    function noAnswerMessage(RequestId id) internal view override returns (bytes memory) {
        return abi.encodeCall(
            IAIOracleReceiver.aiOracleCallbackError,
            (uint256(RequestId.unwrap(id)), INVALID_INPUT, "no claim became final", callbackDataOf[id])
        );
    }
}
