// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A machine state: the address in memory of the 297 bytes that its hash is of (docs/image.md).
/// All numbers are below 2^64.
type MachineState is uint256;

using MachineStates for MachineState global;

/// The fields of a machine state, read and written where they lie: most steps change three of 34.
library MachineStates {
    /// Bytes of a state.
    uint256 internal constant LENGTH = 297;

    uint256 internal constant RUNNING = 0;
    uint256 internal constant HALTED = 1;
    uint256 internal constant FAULTED = 2;

    /// Fields are read and written by whole words, which reach up to 24 bytes past the last field.
    uint256 private constant ALLOCATED = 352;

    uint256 private constant PC = 32;
    uint256 private constant COUNT = 40;
    uint256 private constant STATUS = 48;
    /// x1 follows the status, so x0 would be at this offset; it is not there.
    uint256 private constant REGISTERS = 41;

    /// Copies the first LENGTH bytes, which must be there.
    function read(bytes calldata witness) internal pure returns (MachineState state) {
        assembly ("memory-safe") {
            state := mload(0x40)
            mstore(0x40, add(state, ALLOCATED))
            calldatacopy(state, witness.offset, LENGTH)
        }
    }

    function hash(MachineState state) internal pure returns (bytes32 result) {
        assembly ("memory-safe") {
            result := keccak256(state, LENGTH)
        }
    }

    function memoryRoot(MachineState state) internal pure returns (bytes32 root) {
        assembly ("memory-safe") {
            root := mload(state)
        }
    }

    function setMemoryRoot(MachineState state, bytes32 root) internal pure {
        assembly ("memory-safe") {
            mstore(state, root)
        }
    }

    function pc(MachineState state) internal pure returns (uint256) {
        return get(state, PC);
    }

    function setPc(MachineState state, uint256 value) internal pure {
        set(state, PC, value);
    }

    /// Counts an instruction, modulo 2^64.
    function countOne(MachineState state) internal pure {
        // Wraps: the sum of a number below 2^64 and 1 is cut to 64 bits.
        unchecked {
            set(state, COUNT, uint64(get(state, COUNT) + 1));
        }
    }

    /// The byte where the status is, 0 to 255.
    function status(MachineState state) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := byte(0, mload(add(state, STATUS)))
        }
    }

    function setStatus(MachineState state, uint256 value) internal pure {
        assembly ("memory-safe") {
            mstore8(add(state, STATUS), value)
        }
    }

    /// @param number 0 to 31; x0 is zero
    function register(MachineState state, uint256 number) internal pure returns (uint256) {
        // Cannot overflow: the number is at most 31.
        unchecked {
            return number == 0 ? 0 : get(state, REGISTERS + 8 * number);
        }
    }

    /// @param number 0 to 31; x0 stays zero
    function setRegister(MachineState state, uint256 number, uint256 value) internal pure {
        if (number != 0) {
            // Cannot overflow: the number is at most 31.
            unchecked {
                set(state, REGISTERS + 8 * number, value);
            }
        }
    }

    function get(MachineState state, uint256 offset) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(192, mload(add(state, offset)))
        }
    }

    function set(MachineState state, uint256 offset, uint256 value) private pure {
        assembly ("memory-safe") {
            let place := add(state, offset)
            // The word's other 24 bytes are of the fields behind.
            mstore(place, or(shl(192, value), shr(64, shl(64, mload(place)))))
        }
    }
}
