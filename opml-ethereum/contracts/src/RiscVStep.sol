// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Alu} from "./Alu.sol";
import {IMachine} from "./IMachine.sol";
import {IRefusals} from "./IRefusals.sol";
import {MachineState, MachineStates} from "./MachineStates.sol";
import {Leaf, MemoryLeaves, Openings} from "./Openings.sol";

/// Executes one instruction of RV64IM from a witness (docs/image.md, Machine and Witness). Has no state. Whoever holds
/// a well-formed witness gets a post-state, whatever the instruction is: what is illegal or forbidden faults, which is
/// a state like others.
contract RiscVStep is IMachine {
    /// Bytes of a witness before its openings: the state and their number.
    uint256 private constant HEADER_LENGTH = MachineStates.LENGTH + 1;

    /// Number of the register, and what it must hold, for an ECALL that halts.
    uint256 private constant CALL_NUMBER = 17;
    uint256 private constant EXIT_CALL = 93;

    /// @inheritdoc IMachine
    function step(bytes32 preState, bytes calldata witness) external pure returns (bytes32) {
        if (witness.length < HEADER_LENGTH) {
            revert IRefusals.InvalidWitness();
        }
        MachineState state = MachineStates.read(witness);
        uint256 status = state.status();
        if (state.hash() != preState || status > MachineStates.FAULTED) {
            revert IRefusals.InvalidWitness();
        }
        uint256 announced = uint8(witness[MachineStates.LENGTH]);
        if (status != MachineStates.RUNNING) {
            // What has ended steps to itself.
            if (announced != 0 || witness.length != HEADER_LENGTH) {
                revert IRefusals.InvalidWitness();
            }
            return preState;
        }
        uint256 start;
        assembly ("memory-safe") {
            start := witness.offset
        }
        uint256 end;
        Openings memory openings;
        // Cannot overflow: the witness lies in the calldata.
        unchecked {
            end = start + witness.length;
            openings = MemoryLeaves.begin(start + HEADER_LENGTH);
        }
        state.countOne();
        state.setStatus(execute(state, openings));
        if (announced != openings.count || openings.next != end) {
            revert IRefusals.InvalidWitness();
        }
        return state.hash();
    }

    /// Executes the instruction at the program counter. Changes nothing but the count if it does not return RUNNING.
    /// @return status after it
    function execute(MachineState state, Openings memory openings) private pure returns (uint256) {
        uint256 pc = state.pc();
        // Instructions lie in the program region, the lowest 2^28 bytes.
        if (pc & 3 != 0 || pc >> 28 != 0) {
            return MachineStates.FAULTED;
        }
        uint256 word = uint32(MemoryLeaves.load(openings.open(state.memoryRoot(), pc), pc));
        uint256 opcode = word & 0x7f;
        uint256 a = state.register((word >> 15) & 31);
        if (opcode == 0x13) {
            (bool legal, uint256 value) = Alu.immediate(word, a, immediateI(word));
            return result(state, word, legal, value);
        }
        if (opcode == 0x03) {
            return load(state, openings, word, sum(a, immediateI(word)));
        }
        uint256 b = state.register((word >> 20) & 31);
        if (opcode == 0x33) {
            (bool legal, uint256 value) = Alu.register(word, a, b);
            return result(state, word, legal, value);
        }
        if (opcode == 0x63) {
            return branch(state, word, a, b);
        }
        if (opcode == 0x23) {
            return store(state, openings, word, sum(a, immediateS(word)), b);
        }
        if (opcode == 0x1b) {
            (bool legal, uint256 value) = Alu.immediateWord(word, a, immediateI(word));
            return result(state, word, legal, value);
        }
        if (opcode == 0x3b) {
            (bool legal, uint256 value) = Alu.registerWord(word, a, b);
            return result(state, word, legal, value);
        }
        if (opcode == 0x37) {
            return result(state, word, true, immediateU(word));
        }
        if (opcode == 0x17) {
            return result(state, word, true, sum(pc, immediateU(word)));
        }
        if (opcode == 0x6f) {
            return jump(state, (word >> 7) & 31, sum(pc, immediateJ(word)));
        }
        if (opcode == 0x67 && funct3Of(word) == 0) {
            return jump(state, (word >> 7) & 31, sum(a, immediateI(word)) & ~uint256(1));
        }
        if (opcode == 0x0f && funct3Of(word) == 0) {
            // FENCE: memory has one user, so there is nothing to order.
            return next(state);
        }
        // ECALL; EBREAK and the rest fault.
        if (word == 0x73 && state.register(CALL_NUMBER) == EXIT_CALL) {
            return MachineStates.HALTED;
        }
        return MachineStates.FAULTED;
    }

    function load(MachineState state, Openings memory openings, uint256 word, uint256 location)
        private
        pure
        returns (uint256)
    {
        uint256 funct3 = funct3Of(word);
        uint256 bits = 8 << (funct3 & 3);
        if (funct3 == 7 || location % (bits >> 3) != 0 || location >> 40 != 0) {
            return MachineStates.FAULTED;
        }
        Leaf memory leaf = openings.open(state.memoryRoot(), location);
        uint256 value = MemoryLeaves.load(leaf, location) << (256 - bits);
        // LB, LH, LW and LD keep the sign; the others have none.
        value = funct3 < 4 ? uint64(uint256(int256(value) >> (256 - bits))) : value >> (256 - bits);
        return result(state, word, true, value);
    }

    function store(
        MachineState state,
        Openings memory openings,
        uint256 word,
        uint256 location,
        uint256 value
    ) private pure returns (uint256) {
        uint256 funct3 = funct3Of(word);
        uint256 size = 1 << (funct3 & 3);
        if (funct3 > 3 || location % size != 0 || !storable(location)) {
            return MachineStates.FAULTED;
        }
        Leaf memory leaf = openings.open(state.memoryRoot(), location);
        state.setMemoryRoot(openings.rootAfterStore(leaf, location, size, value));
        return next(state);
    }

    /// Whether an address lies in the regions output, state or scratch.
    function storable(uint256 location) private pure returns (bool) {
        return location >> 24 == 0x11 || location >> 36 == 1 || location >> 39 == 1;
    }

    function branch(MachineState state, uint256 word, uint256 a, uint256 b) private pure returns (uint256) {
        uint256 funct3 = funct3Of(word);
        bool taken;
        if (funct3 < 2) {
            taken = a == b;
        } else if (funct3 < 4) {
            return MachineStates.FAULTED;
        } else {
            taken = funct3 < 6 ? Alu.less(a, b) : a < b;
        }
        // Every second branch is the one before with the opposite condition.
        if (taken == (funct3 & 1 == 0)) {
            return jump(state, 0, sum(state.pc(), immediateB(word)));
        }
        return next(state);
    }

    /// @param rd where the address of the next instruction goes
    function jump(MachineState state, uint256 rd, uint256 target) private pure returns (uint256) {
        if (target & 3 != 0) {
            return MachineStates.FAULTED;
        }
        state.setRegister(rd, sum(state.pc(), 4));
        state.setPc(target);
        return MachineStates.RUNNING;
    }

    function result(MachineState state, uint256 word, bool legal, uint256 value)
        private
        pure
        returns (uint256)
    {
        if (!legal) {
            return MachineStates.FAULTED;
        }
        state.setRegister((word >> 7) & 31, value);
        return next(state);
    }

    function next(MachineState state) private pure returns (uint256) {
        state.setPc(sum(state.pc(), 4));
        return MachineStates.RUNNING;
    }

    /// Wraps modulo 2^64, as addresses do.
    function sum(uint256 a, uint256 b) private pure returns (uint256) {
        unchecked {
            return uint64(a + b);
        }
    }

    function funct3Of(uint256 word) private pure returns (uint256) {
        return (word >> 12) & 7;
    }

    // Immediates, with their sign, as numbers below 2^64.

    function immediateI(uint256 word) private pure returns (uint256) {
        return uint64(int64(int32(uint32(word)) >> 20));
    }

    function immediateS(uint256 word) private pure returns (uint256) {
        return uint64(int64(int32(uint32(word)) >> 25 << 5)) | ((word >> 7) & 31);
    }

    function immediateB(uint256 word) private pure returns (uint256) {
        return uint64(int64(int32(uint32(word)) >> 31 << 12)) | ((word >> 7) & 1) << 11 | ((word >> 25) & 63)
            << 5 | ((word >> 8) & 15) << 1;
    }

    function immediateU(uint256 word) private pure returns (uint256) {
        return Alu.extended(word & 0xfffff000);
    }

    function immediateJ(uint256 word) private pure returns (uint256) {
        return uint64(int64(int32(uint32(word)) >> 31 << 20)) | (word & 0xff000) | ((word >> 20) & 1) << 11
            | ((word >> 21) & 1023) << 1;
    }
}
