// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RequestId} from "../Types.sol";

/// A contract that is told what became of its questions. For each question one of the two succeeds, once at the most;
/// one that fails can be called again. It has to compare both the sender and the question: anybody may ask in its name.
/// Anybody also chooses the moment, which may be in the middle of what it does.
interface IReceiver {
    /// A claim about the answer became final.
    /// @param tokens 32 bits each, little-endian
    function onAnswer(RequestId id, bytes calldata tokens) external;

    /// Nobody's claim became final in time. The fee can be taken back.
    function onNoAnswer(RequestId id) external;
}
