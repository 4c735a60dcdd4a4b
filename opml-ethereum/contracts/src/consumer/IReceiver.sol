// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RequestId} from "../Types.sol";

/// A contract that is told what became of its questions. For each question one of the two is called, once at the most,
/// with the gas that was asked for; whether it succeeds changes nothing.
interface IReceiver {
    /// A claim about the answer became final.
    /// @param tokens 32 bits each, little-endian
    function onAnswer(RequestId id, bytes calldata tokens) external;

    /// Nobody's claim became final in time. The fee can be taken back.
    function onNoAnswer(RequestId id) external;
}
