// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CommitmentTree} from "./CommitmentTree.sol";

/// Hashes of machine states: keccak of `memoryRoot (32) ‖ pc u64 ‖ count u64 ‖ status u8 ‖ x1 … x31 (u64 each)`, where
/// memoryRoot is the hash of the roots of the lower half, which is persistent, and the upper one, which is scratch.
library NodeStates {
    /// Bytes of a state whose memory is given by both roots: lower ‖ upper ‖ pc ‖ count ‖ status ‖ x1 … x31.
    uint256 internal constant LENGTH = 32 + 32 + 8 + 8 + 1 + 31 * 8;

    uint256 internal constant RUNNING = 0;
    uint256 internal constant FAULTED = 2;

    /// Root of 2^39 zero bytes: a tree of height 32 over leaves of 128 bytes.
    bytes32 internal constant ZERO_SCRATCH =
        0xc2104275a201323bb0a8235cdcafc679b935f3a6a03f2a6c5c6b9d2bc7c98187;

    uint64 private constant ENTRY_POINT = 0x10000;
    uint64 private constant STACK_TOP = 1 << 40;

    /// Hash of a state of LENGTH bytes.
    function hash(bytes calldata state) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encodePacked(CommitmentTree.pair(lowerRoot(state), bytes32(state[32:64])), state[64:])
            );
    }

    /// Root of persistent memory.
    function lowerRoot(bytes calldata state) internal pure returns (bytes32) {
        return bytes32(state[:32]);
    }

    /// Instructions executed.
    function count(bytes calldata state) internal pure returns (uint256) {
        return uint64(bytes8(state[72:80]));
    }

    /// 0: running, 1: halted, 2: faulted; all else is no status.
    function status(bytes calldata state) internal pure returns (uint256) {
        return uint8(state[80]);
    }

    /// Hash of the state in which a node begins: scratch zero, every register zero but the stack pointer x2 and the
    /// number of the step in x10, which is -1 where all nodes are one.
    /// @param root of persistent memory
    /// @param step the node's index, below 2^40
    function firstHash(bytes32 root, uint256 step, bool singlePhase) internal pure returns (bytes32) {
        bytes memory zeros3To9 = new bytes(7 * 8);
        bytes memory zeros11To31 = new bytes(21 * 8);
        return keccak256(
            abi.encodePacked(
                CommitmentTree.pair(root, ZERO_SCRATCH),
                ENTRY_POINT,
                uint64(0),
                uint8(RUNNING),
                uint64(0),
                STACK_TOP,
                zeros3To9,
                // Casting cannot cut: a step is below 2^40.
                singlePhase ? type(uint64).max : uint64(step),
                zeros11To31
            )
        );
    }
}
