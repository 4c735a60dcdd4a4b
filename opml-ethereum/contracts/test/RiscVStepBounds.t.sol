// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RiscVStep} from "../src/RiscVStep.sol";
import {StepMachine} from "./StepMachine.sol";
import {TransactionGas} from "./TransactionGas.sol";
import {Test} from "./Vm.sol";

/// The most that a step may cost in images of some sizes: no leaf and no sibling in them has a zero byte.
contract RiscVStepBoundsTest is Test {
    uint256 private constant ANY_IMAGE_BAR = 110_000;
    uint256 private constant SEVEN_BILLION_BAR = 100_000;

    /// Heights above the program at which other regions are: input and output, graph, state, model, scratch.
    uint256 private constant ABOVE_PROGRAM = 1 << 21 | 1 << 23 | 1 << 29 | 1 << 30 | 1 << 32;
    /// The same above the model: all before it, and scratch.
    uint256 private constant ABOVE_MODEL = 1 << 30 | 1 << 32;

    uint256 private constant PC = 0x155554;
    uint256 private constant SD = 0x00533023; // sd x5, 0(x6)
    uint256 private constant LD = 0x00033283; // ld x5, 0(x6)

    /// Half of a register's bytes are not zero. In the bundled model's states a quarter is, in the median.
    uint64 private constant HALF = 0x11223344;
    uint64 private constant FULL = 0x1122334455667788;

    RiscVStep private immutable STEP = new RiscVStep();

    function test_step_allSiblingsOfDataAndProgramOf4MB_costsAtMostTheBar() public view {
        uint256 program = siblings(15) | ABOVE_PROGRAM;
        uint256 store = cost(SD, StepMachine.SCRATCH, program, siblings(33), HALF);
        // Between the model and scratch there is nothing.
        uint256 load = cost(LD, StepMachine.MODEL, program, siblings(31) | 1 << 32, HALF);
        log(string.concat("any image: store ", vm.toString(store), ", load ", vm.toString(load)));
        uint256 full = cost(SD, StepMachine.SCRATCH, program, siblings(33), FULL);
        log(string.concat("no byte of a register zero: store ", vm.toString(full)));
        assertTrue(store <= ANY_IMAGE_BAR && load <= ANY_IMAGE_BAR, "a step costs too much");
    }

    function test_step_modelOf4GBAndProgramOf64KB_costsAtMostTheBar() public view {
        uint256 load =
            cost(LD, StepMachine.MODEL, siblings(9) | ABOVE_PROGRAM, siblings(25) | ABOVE_MODEL, HALF);
        log(string.concat("7B: load ", vm.toString(load)));
        assertTrue(load <= SEVEN_BILLION_BAR, "a step costs too much");
    }

    function siblings(uint256 count) private pure returns (uint256) {
        return (1 << count) - 1;
    }

    /// Gas of a transaction that executes a load or store through x6.
    /// @param program bitmap of the fetch leaf's path
    /// @param data bitmap of the data leaf's path
    /// @param register value of all registers but x6
    function cost(uint256 word, uint256 location, uint256 program, uint256 data, uint64 register)
        private
        view
        returns (uint256)
    {
        bytes memory code = content(1);
        for (uint256 i = 0; i < 4; i++) {
            code[(PC & 127) + i] = bytes1(uint8(word >> (8 * i)));
        }
        bytes memory leaf = content(2);
        bytes32[33] memory codePath;
        bytes32[33] memory dataPath;
        bytes32 root = join(code, leaf, location, [program, data], codePath, dataPath);
        bytes memory state = abi.encodePacked(root, uint64(PC), uint64(0x12345678), uint8(0));
        for (uint256 i = 1; i < 32; i++) {
            state = bytes.concat(state, bytes8(i == 6 ? uint64(location) : register));
        }
        bytes memory witness = bytes.concat(
            state,
            hex"02",
            code,
            bytes8(uint64(program)),
            listed(codePath, program),
            leaf,
            bytes8(uint64(data))
        );
        bytes memory call =
            abi.encodeCall(STEP.step, (keccak256(state), bytes.concat(witness, listed(dataPath, data))));
        (bool accepted,) = address(STEP).staticcall(call);
        uint256 execution = vm.lastCallGas().gasTotalUsed;
        assertTrue(accepted, "the witness is invalid");
        return TransactionGas.total(call, execution);
    }

    /// Fills the paths of two leaves in one tree.
    function join(
        bytes memory code,
        bytes memory leaf,
        uint256 location,
        uint256[2] memory bitmaps,
        bytes32[33] memory codePath,
        bytes32[33] memory dataPath
    ) private pure returns (bytes32) {
        bytes32 a = keccak256(code);
        bytes32 b = keccak256(leaf);
        uint256 indexA = PC >> 7;
        uint256 indexB = location >> 7;
        for (uint256 height = 0; height < 33; height++) {
            bool joined = indexA == indexB;
            bool joining = indexA ^ 1 == indexB;
            codePath[height] = joining ? b : sibling(height, bitmaps[0], 3);
            dataPath[height] = joined ? codePath[height] : joining ? a : sibling(height, bitmaps[1], 4);
            a = parent(indexA, a, codePath[height]);
            b = parent(indexB, b, dataPath[height]);
            indexA >>= 1;
            indexB >>= 1;
        }
        assertEq(a, b, "root");
        return a;
    }

    function parent(uint256 index, bytes32 node, bytes32 other) private pure returns (bytes32) {
        return index & 1 == 0 ? StepMachine.node(node, other) : StepMachine.node(other, node);
    }

    function sibling(uint256 height, uint256 bitmap, uint256 salt) private pure returns (bytes32) {
        return
            (bitmap >> height) & 1 == 0
                ? StepMachine.zero(height)
                : filled(keccak256(abi.encode(salt, height)));
    }

    function listed(bytes32[33] memory path, uint256 bitmap) private pure returns (bytes memory list) {
        for (uint256 height = 0; height < 33; height++) {
            if ((bitmap >> height) & 1 == 1) {
                list = bytes.concat(list, path[height]);
            }
        }
    }

    function content(uint256 salt) private pure returns (bytes memory leaf) {
        for (uint256 i = 0; i < 4; i++) {
            leaf = bytes.concat(leaf, filled(keccak256(abi.encode(salt, i))));
        }
    }

    /// A word in which no byte is zero.
    function filled(bytes32 word) private pure returns (bytes32) {
        return word | bytes32(uint256(0x0101010101010101010101010101010101010101010101010101010101010101));
    }
}
