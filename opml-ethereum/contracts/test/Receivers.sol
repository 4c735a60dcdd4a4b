// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RequestId} from "../src/Types.sol";
import {IReceiver} from "../src/consumer/IReceiver.sol";
import {Deliveries} from "../src/consumer/Deliveries.sol";

/// Remembers what it is told.
contract Listener is IReceiver {
    uint256 public answers;
    uint256 public noAnswers;
    RequestId public last;
    bytes public tokens;

    function onAnswer(RequestId id, bytes calldata tokens_) public virtual {
        answers++;
        last = id;
        tokens = tokens_;
    }

    function onNoAnswer(RequestId id) public virtual {
        noAnswers++;
        last = id;
    }

    receive() external payable {}
}

/// Ways to harm who calls.
contract Hostile is IReceiver {
    enum Way {
        REVERT,
        REVERT_LONG,
        BURN,
        RETURN_LONG,
        LOOP
    }

    Way private immutable WAY;

    constructor(Way way) {
        WAY = way;
    }

    function onAnswer(RequestId, bytes calldata) external {
        harm();
    }

    function onNoAnswer(RequestId) external {
        harm();
    }

    /// Refuses money, too.
    receive() external payable {
        revert();
    }

    function harm() private view {
        Way way = WAY;
        require(way != Way.REVERT, "no");
        assembly ("memory-safe") {
            switch way
            case 1 { revert(0, 1000000) }
            case 2 { invalid() }
            case 3 { return(0, 1000000) }
            default { for {} 1 {} {} }
        }
    }
}

/// Calls back into who calls it.
contract Reentrant is IReceiver {
    uint256 public refused;
    Deliveries private immutable DELIVERIES;

    constructor(Deliveries deliveries) {
        DELIVERIES = deliveries;
    }

    function onAnswer(RequestId id, bytes calldata tokens) external {
        again(id, tokens);
    }

    function onNoAnswer(RequestId id) external {
        again(id, "");
    }

    function again(RequestId id, bytes memory tokens) private {
        try DELIVERIES.deliver(id, tokens) {}
        catch {
            refused++;
        }
        try DELIVERIES.refund(id) {}
        catch {
            refused++;
        }
    }
}

/// Hears nothing while it is in the middle of something else, and lets others choose what that is.
contract Locked is Listener {
    bool private locked;

    modifier unlocked() {
        require(!locked, "locked");
        locked = true;
        _;
        locked = false;
    }

    function callOut(address other, bytes calldata data) external unlocked {
        (bool accepted,) = other.call(data);
        require(accepted, "the other failed");
    }

    function onAnswer(RequestId id, bytes calldata tokens_) public override unlocked {
        super.onAnswer(id, tokens_);
    }

    function onNoAnswer(RequestId id) public override unlocked {
        super.onNoAnswer(id);
    }
}
