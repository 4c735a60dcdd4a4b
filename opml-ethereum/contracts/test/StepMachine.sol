// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A machine with a few leaves of memory, zero elsewhere, and its witnesses: written from docs/image.md, without the
/// contract's code.
library StepMachine {
    uint256 internal constant ENTRY = 0x10000;
    uint256 internal constant OUTPUT = 0x11000000;
    uint256 internal constant STATE = 1 << 36;
    uint256 internal constant MODEL = 1 << 37;
    uint256 internal constant SCRATCH = 1 << 39;
    uint256 internal constant END = 1 << 40;

    uint256 internal constant HEADER = 298;

    bytes32 private constant ZERO_LEAF = keccak256(abi.encode(0, 0, 0, 0));

    struct Leaf {
        uint256 index;
        bytes content;
    }

    struct Machine {
        uint256 pc;
        uint256 count;
        uint256 status;
        uint64[32] registers;
        Leaf[] leaves;
    }

    /// A machine whose next instruction is at the entry.
    function running(uint32 word) internal pure returns (Machine memory machine) {
        machine.pc = ENTRY;
        machine.count = 41;
        for (uint256 i = 1; i < 32; i++) {
            machine.registers[i] = uint64(uint256(keccak256(abi.encode(i))));
        }
        setWord(machine, ENTRY, word);
    }

    function copy(Machine memory machine) internal pure returns (Machine memory) {
        return abi.decode(abi.encode(machine), (Machine));
    }

    function setWord(Machine memory machine, uint256 location, uint32 word) internal pure {
        set(machine, location, 4, word);
    }

    /// Puts the low bytes of a value into memory.
    function set(Machine memory machine, uint256 location, uint256 size, uint256 value) internal pure {
        bytes memory content = leaf(machine, location >> 7);
        for (uint256 i = 0; i < size; i++) {
            content[(location & 127) + i] = bytes1(uint8(value >> (8 * i)));
        }
    }

    /// The leaf of an index, which is made if it was zero so far.
    function leaf(Machine memory machine, uint256 index) internal pure returns (bytes memory) {
        Leaf[] memory leaves = machine.leaves;
        for (uint256 i = 0; i < leaves.length; i++) {
            if (leaves[i].index == index) {
                return leaves[i].content;
            }
        }
        Leaf[] memory more = new Leaf[](leaves.length + 1);
        for (uint256 i = 0; i < leaves.length; i++) {
            more[i] = leaves[i];
        }
        more[leaves.length] = Leaf(index, new bytes(128));
        machine.leaves = more;
        return more[leaves.length].content;
    }

    function state(Machine memory machine) internal pure returns (bytes memory encoded) {
        return state(machine, root(machine, 33, 0));
    }

    function state(Machine memory machine, bytes32 memoryRoot) internal pure returns (bytes memory encoded) {
        encoded = bytes.concat(
            abi.encodePacked(memoryRoot, uint64(machine.pc), uint64(machine.count), uint8(machine.status)),
            new bytes(31 * 8)
        );
        for (uint256 i = 0; i < 31 * 8; i++) {
            encoded[49 + i] = bytes1(uint8(machine.registers[1 + i / 8] >> (8 * (7 - i % 8))));
        }
    }

    function hash(Machine memory machine) internal pure returns (bytes32) {
        return keccak256(state(machine));
    }

    /// The witness of a step that fetches, and opens no data.
    function fetching(Machine memory machine) internal pure returns (bytes memory) {
        return bytes.concat(state(machine), hex"01", opening(machine, machine.pc));
    }

    /// The witness of a step that opens data too.
    function accessing(Machine memory machine, uint256 location) internal pure returns (bytes memory) {
        return bytes.concat(state(machine), hex"02", opening(machine, machine.pc), opening(machine, location));
    }

    /// The witness of a step that opens nothing.
    function opaque(Machine memory machine) internal pure returns (bytes memory) {
        return bytes.concat(state(machine), hex"00");
    }

    function opening(Machine memory machine, uint256 location) internal pure returns (bytes memory) {
        return bytes.concat(leaf(copy(machine), location >> 7), path(machine, location >> 7));
    }

    function path(Machine memory machine, uint256 index) internal pure returns (bytes memory) {
        uint64 bitmap;
        bytes memory siblings;
        for (uint256 height = 0; height < 33; height++) {
            bytes32 sibling = root(machine, height, (index >> height) ^ 1);
            if (sibling != zero(height)) {
                bitmap |= uint64(1) << uint64(height);
                siblings = bytes.concat(siblings, sibling);
            }
        }
        return bytes.concat(bytes8(bitmap), siblings);
    }

    /// Root of a subtree.
    function root(Machine memory machine, uint256 height, uint256 index) internal pure returns (bytes32) {
        bool empty = true;
        for (uint256 i = 0; i < machine.leaves.length; i++) {
            if (machine.leaves[i].index >> height == index) {
                if (height == 0) {
                    return keccak256(machine.leaves[i].content);
                }
                empty = false;
            }
        }
        return empty
            ? zero(height)
            : node(root(machine, height - 1, 2 * index), root(machine, height - 1, 2 * index + 1));
    }

    /// Root of the zero subtree of a height.
    function zero(uint256 height) internal pure returns (bytes32 result) {
        result = ZERO_LEAF;
        for (uint256 i = 0; i < height; i++) {
            result = node(result, result);
        }
    }

    /// Hash of an inner node; takes no memory, which tests of hundreds of steps would run out of.
    function node(bytes32 left, bytes32 right) internal pure returns (bytes32 result) {
        assembly ("memory-safe") {
            mstore(0, left)
            mstore(32, right)
            result := keccak256(0, 64)
        }
    }

    // Instruction words.

    function r(uint256 opcode, uint256 funct3, uint256 funct7, uint256 rd, uint256 rs1, uint256 rs2)
        internal
        pure
        returns (uint32)
    {
        return uint32(opcode | rd << 7 | funct3 << 12 | rs1 << 15 | rs2 << 20 | funct7 << 25);
    }

    function i(uint256 opcode, uint256 funct3, uint256 rd, uint256 rs1, int256 immediate)
        internal
        pure
        returns (uint32)
    {
        return uint32(opcode | rd << 7 | funct3 << 12 | rs1 << 15 | (uint256(immediate) & 0xfff) << 20);
    }

    function s(uint256 funct3, uint256 rs2, uint256 rs1, int256 immediate) internal pure returns (uint32) {
        uint256 bits = uint256(immediate);
        return
            uint32(0x23 | (bits & 31) << 7 | funct3 << 12 | rs1 << 15 | rs2 << 20 | ((bits >> 5) & 127) << 25);
    }

    function b(uint256 funct3, uint256 rs1, uint256 rs2, int256 distance) internal pure returns (uint32) {
        uint256 bits = uint256(distance);
        return uint32(
            0x63 | ((bits >> 11) & 1) << 7 | ((bits >> 1) & 15) << 8 | funct3 << 12 | rs1 << 15 | rs2 << 20
                | ((bits >> 5) & 63) << 25 | ((bits >> 12) & 1) << 31
        );
    }

    function jal(uint256 rd, int256 distance) internal pure returns (uint32) {
        uint256 bits = uint256(distance);
        return uint32(
            0x6f | rd << 7 | (bits & 0xff000) | ((bits >> 11) & 1) << 20 | ((bits >> 1) & 1023) << 21
                | ((bits >> 20) & 1) << 31
        );
    }
}
