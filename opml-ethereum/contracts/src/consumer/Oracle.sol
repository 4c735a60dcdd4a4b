// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Model, RequestId, RequestTerms} from "../Types.sol";
import {Arbiter} from "../Arbiter.sol";
import {Deliveries} from "./Deliveries.sol";
import {IReceiver} from "./IReceiver.sol";

/// Through which any contract asks a model and is told the final answer.
contract Oracle is Deliveries {
    constructor(Arbiter arbiter) Deliveries(arbiter) {}

    /// Asks, and pays all that was sent as the fee.
    /// @param terms fee, consumer and nonce do not count: they are what was sent, the receiver, and a number
    /// @param model what was registered of it
    /// @param receiver an IReceiver; 0: nobody is called, and the answer can be read
    /// @param gasLimit of the call; 0 if nobody is called
    function askModel(RequestTerms memory terms, Model memory model, address receiver, uint64 gasLimit)
        external
        payable
        returns (RequestId)
    {
        return ask(terms, model, receiver, gasLimit);
    }

    function answerMessage(RequestId id, bytes calldata tokens)
        internal
        pure
        override
        returns (bytes memory)
    {
        return abi.encodeCall(IReceiver.onAnswer, (id, tokens));
    }

    function noAnswerMessage(RequestId id) internal pure override returns (bytes memory) {
        return abi.encodeCall(IReceiver.onNoAnswer, (id));
    }
}
