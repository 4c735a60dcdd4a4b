// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Executes one instruction of the machine (docs/image.md).
interface IMachine {
    /// Total for every valid witness; reverts with InvalidWitness for all others.
    /// @param preState hash of the agreed state
    /// @param witness opening of that state
    /// @return hash of the state after the instruction
    function step(bytes32 preState, bytes calldata witness) external pure returns (bytes32);
}
