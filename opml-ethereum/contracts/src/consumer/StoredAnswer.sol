// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Model, RequestId, RequestTerms} from "../Types.sol";
import {IReceiver} from "./IReceiver.sol";
import {Oracle} from "./Oracle.sol";

/// A sample: asks one question when it is made, and stores the answer.
contract StoredAnswer is IReceiver {
    /// Enough for an answer of some two hundred tokens, eight of which take a word.
    uint64 private constant GAS_LIMIT = 700_000;

    Oracle public immutable ORACLE;
    RequestId public immutable QUESTION;
    address payable public immutable OWNER;

    /// Token ids, 32 bits each, little-endian; empty as long as there is none.
    bytes public answer;

    error NotTheOracle();

    modifier onlyOracle(RequestId id) {
        require(
            msg.sender == address(ORACLE) && RequestId.unwrap(id) == RequestId.unwrap(QUESTION),
            NotTheOracle()
        );
        _;
    }

    constructor(Oracle oracle, RequestTerms memory terms, Model memory model) payable {
        ORACLE = oracle;
        OWNER = payable(msg.sender);
        QUESTION = oracle.askModel{value: msg.value}(terms, model, address(this), GAS_LIMIT);
    }

    /// A refund goes on to the owner.
    receive() external payable {
        (bool accepted,) = OWNER.call{value: msg.value}("");
        require(accepted);
    }

    /// @inheritdoc IReceiver
    function onAnswer(RequestId id, bytes calldata tokens) external onlyOracle(id) {
        answer = tokens;
    }

    /// @inheritdoc IReceiver
    function onNoAnswer(RequestId id) external onlyOracle(id) {
        ORACLE.payRefunds(address(this));
    }
}
