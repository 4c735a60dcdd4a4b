// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRefusals} from "../src/IRefusals.sol";
import {RiscVStep} from "../src/RiscVStep.sol";
import {ZeroRoots} from "../src/ZeroRoots.sol";
import {StepMachine} from "./StepMachine.sol";
import {Test} from "./Vm.sol";

/// One step of each kind, its corners, and each way in which a witness can be malformed.
contract RiscVStepTest is Test {
    using StepMachine for StepMachine.Machine;

    uint256 private constant RD = 7;
    uint256 private constant RS1 = 5;
    uint256 private constant RS2 = 6;

    uint256 private constant OP = 0x33;
    uint256 private constant OP_32 = 0x3b;
    uint256 private constant OP_IMM = 0x13;
    uint256 private constant OP_IMM_32 = 0x1b;
    uint256 private constant LOAD = 0x03;

    uint64 private constant MINUS_ONE = type(uint64).max;
    uint64 private constant LEAST = 1 << 63;
    uint64 private constant MOST = (1 << 63) - 1;
    /// -2^31, as a word with its sign.
    uint64 private constant LEAST_WORD = 0xffffffff80000000;

    RiscVStep private immutable STEP = new RiscVStep();

    // What is common to the tests.

    function assertSteps(bytes memory witness, bytes32 before, bytes32 expected, string memory what)
        private
        view
    {
        assertEq(STEP.step(before, witness), expected, what);
    }

    function assertInvalid(bytes32 before, bytes memory witness, string memory what) private view {
        (bool accepted, bytes memory data) =
            address(STEP).staticcall(abi.encodeCall(STEP.step, (before, witness)));
        assertTrue(!accepted, string.concat(what, " is accepted"));
        assertEq(keccak256(data), keccak256(abi.encodePacked(IRefusals.InvalidWitness.selector)), what);
    }

    function assertInvalid(StepMachine.Machine memory machine, bytes memory witness, string memory what)
        private
        view
    {
        assertInvalid(machine.hash(), witness, what);
    }

    /// The step that fetches has these effects.
    function assertFetches(
        StepMachine.Machine memory before,
        StepMachine.Machine memory expected,
        string memory what
    ) private view {
        assertSteps(before.fetching(), before.hash(), expected.hash(), what);
    }

    function assertFaults(StepMachine.Machine memory before, string memory what) private view {
        StepMachine.Machine memory expected = before.copy();
        expected.status = 2;
        expected.count++;
        assertFetches(before, expected, what);
    }

    function assertFaults(uint32 word) private view {
        assertFaults(StepMachine.running(word), vm.toString(uint256(word)));
    }

    /// An instruction on registers RS1 and RS2 with a result in RD.
    function assertComputes(uint32 word, uint64 a, uint64 b, uint64 result) private view {
        StepMachine.Machine memory before = StepMachine.running(word);
        before.registers[RS1] = a;
        before.registers[RS2] = b;
        StepMachine.Machine memory expected = before.copy();
        expected.count++;
        expected.pc += 4;
        expected.registers[RD] = result;
        assertFetches(
            before,
            expected,
            string.concat(
                "word ", vm.toString(uint256(word)), " of ", vm.toString(a), " and ", vm.toString(b)
            )
        );
    }

    function assertOp(uint256 funct3, uint256 funct7, uint64 a, uint64 b, uint64 result) private view {
        assertComputes(StepMachine.r(OP, funct3, funct7, RD, RS1, RS2), a, b, result);
    }

    function assertOpWord(uint256 funct3, uint256 funct7, uint64 a, uint64 b, uint64 result) private view {
        assertComputes(StepMachine.r(OP_32, funct3, funct7, RD, RS1, RS2), a, b, result);
    }

    function assertImmediate(uint256 funct3, uint64 a, int256 immediate, uint64 result) private view {
        assertComputes(StepMachine.i(OP_IMM, funct3, RD, RS1, immediate), a, 0, result);
    }

    function assertImmediateWord(uint256 funct3, uint64 a, int256 immediate, uint64 result) private view {
        assertComputes(StepMachine.i(OP_IMM_32, funct3, RD, RS1, immediate), a, 0, result);
    }

    // Arithmetic

    function test_addSub_anySum_wraps() public view {
        assertOp(0, 0, 3, 4, 7);
        assertOp(0, 0, MINUS_ONE, 2, 1);
        assertOp(0, 0, MOST, 1, LEAST);
        assertOp(0, 32, 3, 4, MINUS_ONE);
        assertOp(0, 32, LEAST, 1, MOST);
        assertImmediate(0, 3, -4, MINUS_ONE);
        assertImmediate(0, MINUS_ONE, 2047, 2046);
        assertImmediate(0, 0, -2048, MINUS_ONE - 2047);
    }

    function test_addSubWord_anySum_isExtended() public view {
        assertOpWord(0, 0, 0x7fffffff, 1, LEAST_WORD);
        assertOpWord(0, 0, 0xffffffff00000003, 0x1234567800000004, 7);
        assertOpWord(0, 32, 0, 1, MINUS_ONE);
        assertOpWord(0, 32, LEAST_WORD, 1, 0x7fffffff);
        assertImmediateWord(0, 0x7fffffff, 1, LEAST_WORD);
        assertImmediateWord(0, 0xffffffff, 0, MINUS_ONE);
        assertImmediateWord(0, 5, -2048, MINUS_ONE - 2042);
    }

    function test_shifts_anyAmount_takeItsLowBits() public view {
        assertOp(1, 0, 3, 64 + 63, LEAST);
        assertOp(5, 0, LEAST, 63, 1);
        assertOp(5, 0, LEAST, 64, LEAST);
        assertOp(5, 32, LEAST, 63, MINUS_ONE);
        assertOp(5, 32, MOST, 62, 1);
        assertOp(5, 32, LEAST, MINUS_ONE, MINUS_ONE);
        assertImmediate(1, 3, 63, LEAST);
        assertImmediate(5, LEAST, 63, 1);
        assertImmediate(5, LEAST, 63 | 0x400, MINUS_ONE);
        assertImmediate(5, MOST, 32 | 0x400, 0x7fffffff);
    }

    function test_shiftsWord_anyAmount_takeItsLowBits() public view {
        assertOpWord(1, 0, 3, 32 + 31, LEAST_WORD);
        assertOpWord(5, 0, 0xffffffff80000000, 31, 1);
        assertOpWord(5, 0, 0x1ffffffff, 32, MINUS_ONE);
        assertOpWord(5, 32, 0x80000000, 31, MINUS_ONE);
        assertOpWord(5, 32, 0xf40000000, 63, 0);
        assertImmediateWord(1, 1, 31, LEAST_WORD);
        assertImmediateWord(5, 0xffffffff00000000, 4, 0);
        assertImmediateWord(5, 0x80000000, 4, 0x8000000);
        assertImmediateWord(5, 0x80000000, 4 | 0x400, 0xfffffffff8000000);
    }

    function test_comparisons_signedAndUnsigned_differ() public view {
        assertOp(2, 0, MINUS_ONE, 0, 1);
        assertOp(2, 0, 0, MINUS_ONE, 0);
        assertOp(2, 0, LEAST, MOST, 1);
        assertOp(2, 0, 5, 5, 0);
        assertOp(3, 0, MINUS_ONE, 0, 0);
        assertOp(3, 0, 0, MINUS_ONE, 1);
        assertOp(3, 0, 5, 5, 0);
        assertImmediate(2, MINUS_ONE, 0, 1);
        assertImmediate(2, LEAST, -2048, 1);
        assertImmediate(3, 5, -1, 1);
        assertImmediate(3, MINUS_ONE, -1, 0);
    }

    function test_bitwise_anyBits() public view {
        assertOp(4, 0, 0xff00ff00ff00ff00, 0xffff0000ffff0000, 0x00ffff0000ffff00);
        assertOp(6, 0, 0xff00ff00ff00ff00, 0xffff0000ffff0000, 0xffffff00ffffff00);
        assertOp(7, 0, 0xff00ff00ff00ff00, 0xffff0000ffff0000, 0xff000000ff000000);
        assertImmediate(4, 0xff, -1, 0xffffffffffffff00);
        assertImmediate(6, 0xff, -256, MINUS_ONE);
        assertImmediate(7, 0x123456789abcdef0, -256, 0x123456789abcde00);
    }

    function test_multiply_highHalves_haveTheirSigns() public view {
        assertOp(0, 1, 0x100000001, 0x100000001, 0x200000001);
        assertOp(0, 1, MINUS_ONE, MINUS_ONE, 1);
        assertOp(1, 1, MINUS_ONE, MINUS_ONE, 0);
        assertOp(1, 1, LEAST, LEAST, 1 << 62);
        assertOp(1, 1, LEAST, MOST, 0xc000000000000000);
        assertOp(2, 1, MINUS_ONE, MINUS_ONE, MINUS_ONE);
        assertOp(2, 1, LEAST, MINUS_ONE, LEAST);
        assertOp(2, 1, MOST, MINUS_ONE, MOST - 1);
        assertOp(3, 1, MINUS_ONE, MINUS_ONE, MINUS_ONE - 1);
        assertOp(3, 1, LEAST, LEAST, 1 << 62);
        assertOpWord(0, 1, 0x10000, 0x8000, LEAST_WORD);
        assertOpWord(0, 1, 0xffffffff, 0xffffffff, 1);
    }

    function test_divide_byZero_isAllOnesOrTheDividend() public view {
        assertOp(4, 1, 7, 0, MINUS_ONE);
        assertOp(5, 1, 7, 0, MINUS_ONE);
        assertOp(6, 1, LEAST, 0, LEAST);
        assertOp(7, 1, LEAST, 0, LEAST);
        assertOpWord(4, 1, 7, 1 << 32, MINUS_ONE);
        assertOpWord(5, 1, 7, 1 << 32, MINUS_ONE);
        assertOpWord(6, 1, 0x180000000, 0, LEAST_WORD);
        assertOpWord(7, 1, 0x180000000, 0, LEAST_WORD);
    }

    function test_divide_leastByMinusOne_wraps() public view {
        assertOp(4, 1, LEAST, MINUS_ONE, LEAST);
        assertOp(6, 1, LEAST, MINUS_ONE, 0);
        assertOpWord(4, 1, 0x80000000, MINUS_ONE, LEAST_WORD);
        assertOpWord(6, 1, 0x80000000, 0xffffffff, 0);
    }

    function test_divide_signs_roundTowardsZero() public view {
        assertOp(4, 1, MINUS_ONE - 6, 2, MINUS_ONE - 2);
        assertOp(4, 1, 7, MINUS_ONE - 1, MINUS_ONE - 2);
        assertOp(6, 1, MINUS_ONE - 6, 2, MINUS_ONE);
        assertOp(6, 1, 7, MINUS_ONE - 1, 1);
        assertOp(5, 1, MINUS_ONE, 2, MOST);
        assertOp(7, 1, MINUS_ONE, 10, 5);
        assertOpWord(4, 1, 0xfffffff9, 2, MINUS_ONE - 2);
        assertOpWord(5, 1, 0xffffffff, 1, MINUS_ONE);
        assertOpWord(6, 1, 0xfffffff9, 2, MINUS_ONE);
        assertOpWord(7, 1, 0xffffffff, 10, 5);
    }

    function test_upper_anyImmediate_isExtended() public view {
        assertComputes(0x37 | uint32(RD << 7) | 0x7ffff000, 0, 0, 0x7ffff000);
        assertComputes(0x37 | uint32(RD << 7) | 0x80000000, 0, 0, LEAST_WORD);
        assertComputes(0x17 | uint32(RD << 7) | 0x1000, 0, 0, 0x11000);
        assertComputes(0x17 | uint32(RD << 7) | 0x80000000, 0, 0, LEAST_WORD + 0x10000);
        assertComputes(0x17 | uint32(RD << 7) | 0xffff0000, 0, 0, 0);
    }

    function test_arithmetic_intoX0_isDropped() public view {
        StepMachine.Machine memory before = StepMachine.running(StepMachine.r(OP, 0, 0, 0, RS1, RS2));
        StepMachine.Machine memory expected = before.copy();
        expected.count++;
        expected.pc += 4;
        assertFetches(before, expected, "add x0");
    }

    function test_arithmetic_ofX0_isOfZero() public view {
        StepMachine.Machine memory before = StepMachine.running(StepMachine.r(OP, 0, 0, 31, 0, 0));
        before.count = MINUS_ONE;
        before.status = 0;
        StepMachine.Machine memory expected = before.copy();
        expected.count = 0;
        expected.pc += 4;
        expected.registers[31] = 0;
        assertFetches(before, expected, "add x31, x0, x0");
    }

    function test_arithmetic_sourceIsTarget_usesTheOldValue() public view {
        StepMachine.Machine memory before = StepMachine.running(StepMachine.r(OP, 0, 32, 1, 1, 1));
        StepMachine.Machine memory expected = before.copy();
        expected.count++;
        expected.pc += 4;
        expected.registers[1] = 0;
        assertFetches(before, expected, "sub x1, x1, x1");
    }

    // Jumps

    function assertJumps(uint32 word, uint64 a, uint64 b, uint256 rd, uint256 target) private view {
        StepMachine.Machine memory before = StepMachine.running(word);
        before.registers[RS1] = a;
        before.registers[RS2] = b;
        StepMachine.Machine memory expected = before.copy();
        expected.count++;
        expected.pc = target;
        if (rd != 0) {
            expected.registers[rd] = uint64(before.pc + 4);
        }
        assertFetches(before, expected, string.concat("jump ", vm.toString(uint256(word))));
    }

    function test_branch_anyCondition_goesWhereItSays() public view {
        uint64[2][4] memory pairs =
            [[uint64(5), 5], [uint64(5), 6], [MINUS_ONE, uint64(1)], [uint64(1), MINUS_ONE]];
        bool[4][8] memory taken;
        taken[0] = [true, false, false, false];
        taken[1] = [false, true, true, true];
        taken[4] = [false, true, true, false];
        taken[5] = [true, false, false, true];
        taken[6] = [false, true, false, true];
        taken[7] = [true, false, true, false];
        for (uint256 funct3 = 0; funct3 < 8; funct3++) {
            for (uint256 pair = 0; pair < 4; pair++) {
                uint32 word = StepMachine.b(funct3, RS1, RS2, 4094 & ~int256(3));
                if (funct3 == 2 || funct3 == 3) {
                    assertFaults(word);
                } else {
                    assertJumps(
                        word, pairs[pair][0], pairs[pair][1], 0, taken[funct3][pair] ? 0x10ffc : 0x10004
                    );
                }
            }
        }
        assertJumps(StepMachine.b(0, 0, 0, -4096), 0, 0, 0, 0xf000);
    }

    function test_branch_toMisaligned_faultsOnlyIfTaken() public view {
        assertFaults(StepMachine.b(0, RS1, RS1, 6));
        assertJumps(StepMachine.b(1, RS1, RS1, 6), 1, 1, 0, 0x10004);
    }

    function test_jal_anyDistance_linksAndJumps() public view {
        assertJumps(StepMachine.jal(1, 0xffffc), 0, 0, 1, 0x10fffc);
        assertJumps(StepMachine.jal(0, -65536), 0, 0, 0, 0);
        assertJumps(StepMachine.jal(31, 2048), 0, 0, 31, 0x10800);
        assertJumps(StepMachine.jal(1, 0), 0, 0, 1, 0x10000);
        assertFaults(StepMachine.jal(1, 2));
    }

    function test_jal_belowZero_wraps() public view {
        assertJumps(StepMachine.jal(1, -1048576), 0, 0, 1, MINUS_ONE - 0xeffff);
    }

    function test_jalr_anyTarget_dropsItsLowestBit() public view {
        uint256 jalr = 0x67;
        assertJumps(StepMachine.i(jalr, 0, 1, RS1, 1), 0x20000, 0, 1, 0x20000);
        assertJumps(StepMachine.i(jalr, 0, RS1, RS1, -4), 0x20000, 0, RS1, 0x1fffc);
        assertJumps(StepMachine.i(jalr, 0, 0, RS1, 8), MINUS_ONE - 3, 0, 0, 4);
        assertJumps(StepMachine.i(jalr, 0, 1, RS1, 0), 1 << 63, 0, 1, 1 << 63);
        StepMachine.Machine memory machine = StepMachine.running(StepMachine.i(jalr, 0, 1, RS1, 0));
        machine.registers[RS1] = 0x10002;
        assertFaults(machine, "jalr to 2 modulo 4");
        machine.registers[RS1] = 0x10003;
        assertFaults(machine, "jalr to 3 modulo 4");
        for (uint256 funct3 = 1; funct3 < 8; funct3++) {
            assertFaults(StepMachine.i(jalr, funct3, 1, 0, 0));
        }
    }

    // Memory

    function assertLoads(uint256 funct3, uint256 location, uint64 base, uint64 result) private view {
        int256 immediate = int256(location) - int256(uint256(base));
        StepMachine.Machine memory before =
            StepMachine.running(StepMachine.i(LOAD, funct3, RD, RS1, immediate));
        before.registers[RS1] = base;
        before.set(location & ~uint256(127), 8, 0x8182838485868788);
        before.set((location & ~uint256(127)) + 120, 8, 0xf1f2f3f4f5f6f7f8);
        StepMachine.Machine memory expected = before.copy();
        expected.count++;
        expected.pc += 4;
        expected.registers[RD] = result;
        assertSteps(
            before.accessing(location),
            before.hash(),
            expected.hash(),
            string.concat("load ", vm.toString(funct3), " at ", vm.toString(location))
        );
    }

    function test_load_anySize_extendsItsSign() public view {
        uint64 at = uint64(StepMachine.STATE);
        assertLoads(0, at, at, 0xffffffffffffff88);
        assertLoads(0, at + 7, at, 0xffffffffffffff81);
        assertLoads(0, at + 127, at, 0xfffffffffffffff1);
        assertLoads(1, at + 2, at, 0xffffffffffff8586);
        assertLoads(2, at + 4, at, 0xffffffff81828384);
        assertLoads(3, at, at + 8, 0x8182838485868788);
        assertLoads(3, at + 120, at, 0xf1f2f3f4f5f6f7f8);
        assertLoads(4, at + 127, at, 0xf1);
        assertLoads(5, at + 126, at, 0xf1f2);
        assertLoads(6, at + 124, at, 0xf1f2f3f4);
    }

    function test_load_anyRegion_isAllowed() public view {
        assertLoads(3, 0, 8, 0x8182838485868788);
        assertLoads(3, 0x10000000, 0x10000000, 0x8182838485868788);
        assertLoads(3, 0x40000000, 0x40000000, 0x8182838485868788);
        assertLoads(3, 0x6345678900, 0x6345678900, 0x8182838485868788);
        assertLoads(3, StepMachine.MODEL, uint64(StepMachine.MODEL), 0x8182838485868788);
        assertLoads(3, StepMachine.END - 8, uint64(StepMachine.END), 0xf1f2f3f4f5f6f7f8);
    }

    function test_load_ofTheInstructionsOwnLeaf_carriesBoth() public view {
        StepMachine.Machine memory before = StepMachine.running(StepMachine.i(LOAD, 2, RD, RS1, 0));
        before.registers[RS1] = 0x10000;
        StepMachine.Machine memory expected = before.copy();
        expected.count++;
        expected.pc += 4;
        expected.registers[RD] = StepMachine.i(LOAD, 2, RD, RS1, 0);
        assertSteps(before.accessing(0x10000), before.hash(), expected.hash(), "lw of itself");
        assertInvalid(before, before.fetching(), "one opening for both");
    }

    function test_load_addressAboveOrBelow_wrapsOrFaults() public view {
        StepMachine.Machine memory machine = StepMachine.running(StepMachine.i(LOAD, 3, RD, RS1, 8));
        machine.registers[RS1] = MINUS_ONE - 7;
        StepMachine.Machine memory expected = machine.copy();
        expected.count++;
        expected.pc += 4;
        expected.registers[RD] = 0;
        assertSteps(machine.accessing(0), machine.hash(), expected.hash(), "ld at 2^64");
        machine.registers[RS1] = MINUS_ONE - 15;
        assertFaults(machine, "ld at 2^64 - 8");
        machine.registers[RS1] = uint64(StepMachine.END) - 8;
        assertFaults(machine, "ld at 2^40");
        machine.registers[RS1] = LEAST;
        assertFaults(machine, "ld at 2^63");
    }

    function test_load_misaligned_faults() public view {
        for (uint256 funct3 = 0; funct3 < 8; funct3++) {
            uint256 size = 1 << (funct3 & 3);
            for (uint256 offset = 0; offset < 8; offset++) {
                if (funct3 == 7 || offset % size != 0) {
                    StepMachine.Machine memory machine =
                        StepMachine.running(StepMachine.i(LOAD, funct3, RD, RS1, int256(offset)));
                    machine.registers[RS1] = uint64(StepMachine.STATE);
                    assertFaults(machine, "misaligned load");
                }
            }
        }
    }

    function assertStores(uint256 funct3, uint256 location, uint64 value) private view {
        StepMachine.Machine memory before = StepMachine.running(StepMachine.s(funct3, RS2, RS1, -1));
        before.registers[RS1] = uint64(location + 1);
        before.registers[RS2] = value;
        before.set(location & ~uint256(127), 8, 0x8182838485868788);
        before.set((location & ~uint256(127)) + 120, 8, 0xf1f2f3f4f5f6f7f8);
        StepMachine.Machine memory expected = before.copy();
        expected.count++;
        expected.pc += 4;
        expected.set(location, 1 << funct3, value);
        assertSteps(
            before.accessing(location),
            before.hash(),
            expected.hash(),
            string.concat("store ", vm.toString(funct3), " at ", vm.toString(location))
        );
    }

    function test_store_anySize_changesItsBytes() public view {
        uint64 value = 0x1112131415161718;
        for (uint256 funct3 = 0; funct3 < 4; funct3++) {
            uint256 size = 1 << funct3;
            assertStores(funct3, StepMachine.STATE, value);
            assertStores(funct3, StepMachine.STATE + 128 - size, value);
            assertStores(funct3, StepMachine.STATE + size, value);
            assertStores(funct3, StepMachine.SCRATCH + 64, value);
        }
        assertStores(0, StepMachine.STATE + 127, value);
    }

    function test_store_ofZeroIntoALeaf_leavesAZeroSubtree() public view {
        StepMachine.Machine memory before = StepMachine.running(StepMachine.s(3, 0, RS1, 0));
        before.registers[RS1] = uint64(StepMachine.SCRATCH);
        before.set(StepMachine.SCRATCH, 8, 5);
        StepMachine.Machine memory expected = StepMachine.running(StepMachine.s(3, 0, RS1, 0));
        expected.registers[RS1] = uint64(StepMachine.SCRATCH);
        expected.count++;
        expected.pc += 4;
        assertSteps(before.accessing(StepMachine.SCRATCH), before.hash(), expected.hash(), "sd of zero");
    }

    function test_store_edgesOfRegions_faultOutside() public view {
        uint256[6] memory edges = [
            StepMachine.OUTPUT,
            StepMachine.OUTPUT + (1 << 24),
            StepMachine.STATE,
            StepMachine.STATE + (1 << 36),
            StepMachine.SCRATCH,
            StepMachine.END
        ];
        for (uint256 i = 0; i < 6; i++) {
            bool begins = i % 2 == 0;
            assertStores(3, begins ? edges[i] : edges[i] - 8, 77);
            StepMachine.Machine memory machine = StepMachine.running(StepMachine.s(3, RS2, RS1, 0));
            machine.registers[RS1] = uint64(begins ? edges[i] - 8 : edges[i]);
            assertFaults(machine, "store outside");
        }
    }

    function test_store_whereOnlyLoadsMay_faults() public view {
        uint64[9] memory places = [
            uint64(0),
            0x10000,
            0x10000000,
            0x40000000,
            uint64(StepMachine.MODEL),
            0x4000000000,
            MINUS_ONE - 7,
            LEAST,
            uint64(1) << 41
        ];
        for (uint256 i = 0; i < places.length; i++) {
            StepMachine.Machine memory machine = StepMachine.running(StepMachine.s(3, RS2, RS1, 0));
            machine.registers[RS1] = places[i];
            assertFaults(machine, "store to what cannot be written");
        }
    }

    function test_store_misalignedOrReserved_faults() public view {
        for (uint256 funct3 = 0; funct3 < 8; funct3++) {
            for (uint256 offset = 0; offset < 8; offset++) {
                if (funct3 > 3 || offset % (1 << funct3) != 0) {
                    StepMachine.Machine memory machine =
                        StepMachine.running(StepMachine.s(funct3, RS2, RS1, int256(offset)));
                    machine.registers[RS1] = uint64(StepMachine.STATE);
                    assertFaults(machine, "misaligned store");
                }
            }
        }
    }

    // Calls, fences and what is no instruction

    function test_ecall_exit_halts() public view {
        StepMachine.Machine memory before = StepMachine.running(0x73);
        before.registers[17] = 93;
        StepMachine.Machine memory expected = before.copy();
        expected.status = 1;
        expected.count++;
        assertFetches(before, expected, "exit");
    }

    function test_ecall_anyOtherCall_faults() public view {
        StepMachine.Machine memory machine = StepMachine.running(0x73);
        machine.registers[17] = 94;
        assertFaults(machine, "call 94");
        machine.registers[17] = (uint64(1) << 32) + 93;
        assertFaults(machine, "call 2^32 + 93");
    }

    function test_system_anythingElse_faults() public view {
        uint32[9] memory words = [
            uint32(0x00100073), // EBREAK
            0x000000f3, // ECALL with rd
            0x00008073, // ECALL with rs1
            0x00200073,
            0x30200073, // MRET
            0x10500073, // WFI
            0xc0002573, // RDCYCLE
            0x34011073, // CSRRW
            0x3002f073 // CSRRCI
        ];
        for (uint256 i = 0; i < words.length; i++) {
            StepMachine.Machine memory machine = StepMachine.running(words[i]);
            machine.registers[17] = 93;
            assertFaults(machine, "system");
        }
    }

    function test_fence_anyField_doesNothing() public view {
        uint32[5] memory words = [uint32(0x0000000f), 0x0ff0000f, 0x8330000f, 0x0100000f, 0xffff8f8f];
        for (uint256 i = 0; i < words.length; i++) {
            assertJumps(words[i], 1, 2, 0, 0x10004);
        }
    }

    function test_fenceI_faults() public view {
        assertFaults(0x0000100f);
        for (uint32 funct3 = 1; funct3 < 8; funct3++) {
            assertFaults(0x0000000f | funct3 << 12);
        }
    }

    function test_word_ofNoOpcode_faults() public view {
        for (uint32 opcode = 0; opcode < 128; opcode++) {
            if (!legalOpcode(opcode)) {
                assertFaults(opcode);
                assertFaults(0xfffff000 | opcode);
            }
        }
        assertFaults(type(uint32).max);
    }

    function legalOpcode(uint32 opcode) private pure returns (bool) {
        uint8[13] memory legal =
            [0x37, 0x17, 0x6f, 0x67, 0x63, 0x03, 0x23, 0x13, 0x1b, 0x33, 0x3b, 0x0f, 0x73];
        for (uint256 i = 0; i < legal.length; i++) {
            if (legal[i] == opcode) {
                return true;
            }
        }
        return false;
    }

    function test_opImm_anyFunct7_runsIfListed() public view {
        assertListed(OP_IMM);
    }

    function test_opImm32_anyFunct7_runsIfListed() public view {
        assertListed(OP_IMM_32);
    }

    function test_op_anyFunct7_runsIfListed() public view {
        assertListed(OP);
    }

    function test_op32_anyFunct7_runsIfListed() public view {
        assertListed(OP_32);
    }

    /// Runs where the specification lists the funct7, else faults; those near the listed ones and some others.
    function assertListed(uint256 opcode) private view {
        for (uint256 funct3 = 0; funct3 < 8; funct3++) {
            for (uint256 funct7 = 0; funct7 < 128; funct7++) {
                if (funct7 < 4 || funct7 % 16 < 2 || funct7 == 127) {
                    uint32 word = StepMachine.r(opcode, funct3, funct7, RD, RS1, RS2);
                    StepMachine.Machine memory machine = StepMachine.running(word);
                    bool faults = STEP.step(machine.hash(), machine.fetching()) == faulted(machine);
                    assertTrue(
                        faults != listed(opcode, funct3, funct7),
                        string.concat("word ", vm.toString(uint256(word)))
                    );
                }
            }
        }
    }

    function faulted(StepMachine.Machine memory machine) private pure returns (bytes32) {
        StepMachine.Machine memory expected = machine.copy();
        expected.status = 2;
        expected.count++;
        return expected.hash();
    }

    function listed(uint256 opcode, uint256 funct3, uint256 funct7) private pure returns (bool) {
        bool shiftRight = funct3 == 5;
        if (opcode == 0x13) {
            return funct3 % 4 != 1 || funct7 < 2 || (shiftRight && funct7 >> 1 == 16);
        }
        if (opcode == 0x1b) {
            return funct3 == 0 || (funct3 % 4 == 1 && funct7 == 0) || (shiftRight && funct7 == 32);
        }
        if (funct7 == 32) {
            return funct3 == 0 || shiftRight;
        }
        if (opcode == 0x33) {
            return funct7 < 2;
        }
        return
            (funct7 == 0 && (funct3 % 4 == 1 || funct3 == 0)) || (funct7 == 1 && (funct3 == 0 || funct3 > 3));
    }

    // Fetching

    function test_fetch_outsideOrMisaligned_faultsWithoutOpenings() public view {
        uint64[7] memory places = [uint64(0x10001), 0x10002, 0x10003, 1 << 28, 1 << 40, LEAST, MINUS_ONE - 3];
        for (uint256 i = 0; i < places.length; i++) {
            StepMachine.Machine memory machine = StepMachine.running(0x13);
            machine.pc = places[i];
            assertSteps(machine.opaque(), machine.hash(), faulted(machine), "fetch outside");
            StepMachine.Machine memory elsewhere = machine.copy();
            elsewhere.pc = 0x10000;
            assertInvalid(
                machine,
                bytes.concat(machine.state(), hex"01", elsewhere.opening(0x10000)),
                "opened, though nothing is fetched"
            );
        }
    }

    function test_fetch_endsOfTheProgram_areFetched() public view {
        uint256[2] memory places = [uint256(0), (1 << 28) - 4];
        for (uint256 i = 0; i < 2; i++) {
            StepMachine.Machine memory before = StepMachine.running(0x13);
            before.pc = places[i];
            before.setWord(places[i], 0x13);
            StepMachine.Machine memory expected = before.copy();
            expected.pc += 4;
            expected.count++;
            assertFetches(before, expected, "nop");
        }
    }

    function test_state_ended_stepsToItself() public view {
        for (uint256 status = 1; status < 3; status++) {
            StepMachine.Machine memory machine = StepMachine.running(0x13);
            machine.status = status;
            machine.pc = MINUS_ONE;
            machine.count = MINUS_ONE;
            assertSteps(machine.opaque(), machine.hash(), machine.hash(), "ended");
            assertInvalid(machine, bytes.concat(machine.state(), hex"01"), "announces an opening");
            assertInvalid(machine, bytes.concat(machine.opaque(), hex"00"), "a byte more");
            machine.pc = 0x10000;
            assertInvalid(machine, machine.fetching(), "opened");
        }
    }

    // Malformed witnesses

    function test_status_above2_isInvalid() public view {
        for (uint256 status = 3; status < 256; status++) {
            StepMachine.Machine memory machine = StepMachine.running(0x13);
            machine.status = status;
            assertInvalid(machine, machine.opaque(), "status");
            assertInvalid(machine, machine.fetching(), "status");
        }
    }

    function test_preState_another_isInvalid() public view {
        StepMachine.Machine memory machine = StepMachine.running(0x13);
        assertInvalid(bytes32(0), machine.fetching(), "another state");
        bytes memory witness = machine.fetching();
        for (uint256 i = 0; i < 297; i++) {
            witness[i] ^= 0x10;
            assertInvalid(machine, witness, vm.toString(i));
            witness[i] ^= 0x10;
        }
    }

    function test_witness_anyByteChanged_isInvalid() public view {
        StepMachine.Machine memory machine = loading();
        bytes memory witness = machine.accessing(StepMachine.STATE);
        for (uint256 i = 297; i < witness.length; i++) {
            witness[i] ^= bytes1(uint8(1 << (i % 8)));
            assertInvalid(machine, witness, vm.toString(i));
            witness[i] ^= bytes1(uint8(1 << (i % 8)));
        }
    }

    /// Memory behind a cut witness is zero, or whatever follows in the calldata.
    function test_witness_anyLength_isInvalidButOne() public view {
        StepMachine.Machine memory machine = loading();
        bytes memory witness = machine.accessing(StepMachine.STATE);
        bytes32 before = machine.hash();
        for (uint256 length = 0; length < witness.length; length++) {
            assertInvalid(before, cut(witness, length), vm.toString(length));
        }
        assertInvalid(before, bytes.concat(witness, hex"00"), "a byte more");
        assertInvalid(before, bytes.concat(witness, machine.opening(StepMachine.STATE)), "an opening more");
    }

    function test_witness_cutWhereItIsZero_isInvalid() public view {
        // All of the memory is zero, so the opening is, and the calldata goes on with zeros.
        StepMachine.Machine memory machine = StepMachine.running(0);
        bytes memory witness = machine.fetching();
        assertEq(witness.length, StepMachine.HEADER + 136, "length");
        assertFaults(machine, "zero memory");
        for (uint256 length = 0; length < witness.length; length++) {
            assertInvalid(machine, cut(witness, length), vm.toString(length));
        }
    }

    function test_openings_anotherNumber_isInvalid() public view {
        StepMachine.Machine memory machine = loading();
        bytes memory one = machine.fetching();
        bytes memory two = machine.accessing(StepMachine.STATE);
        assertInvalid(machine, one, "one for a load");
        for (uint256 number = 0; number < 256; number++) {
            if (number != 2) {
                two[297] = bytes1(uint8(number));
                assertInvalid(machine, two, "announced");
            }
        }
        StepMachine.Machine memory nop = StepMachine.running(0x13);
        assertInvalid(nop, nop.accessing(StepMachine.STATE), "two for a nop");
        machine.registers[RS1] = uint64(StepMachine.STATE) + 1;
        assertInvalid(machine, machine.accessing(StepMachine.STATE), "two for a misaligned load");
        assertFaults(machine, "misaligned load");
    }

    function test_openings_swapped_isInvalid() public view {
        StepMachine.Machine memory machine = loading();
        assertInvalid(
            machine,
            bytes.concat(
                machine.state(),
                hex"02",
                machine.opening(StepMachine.STATE),
                machine.opening(StepMachine.ENTRY)
            ),
            "swapped"
        );
        assertInvalid(
            machine,
            bytes.concat(
                machine.state(),
                hex"02",
                machine.opening(StepMachine.ENTRY),
                machine.opening(StepMachine.ENTRY)
            ),
            "the first twice"
        );
    }

    function test_path_bitAboveTheTree_isInvalid() public view {
        StepMachine.Machine memory machine = StepMachine.running(0x13);
        bytes memory witness = machine.fetching();
        for (uint256 bit = 33; bit < 64; bit++) {
            bytes memory changed = bytes.concat(witness);
            changed[StepMachine.HEADER + 128 + 7 - bit / 8] |= bytes1(uint8(1 << (bit % 8)));
            assertInvalid(machine, changed, "a bit");
            assertInvalid(machine, bytes.concat(changed, bytes32(uint256(5))), "a bit and a sibling");
            assertInvalid(machine, bytes.concat(changed, StepMachine.zero(bit)), "a bit and a zero subtree");
        }
    }

    function test_path_zeroSubtreeListed_isInvalid() public view {
        StepMachine.Machine memory machine = StepMachine.running(0x13);
        bytes memory listed;
        uint64 bitmap;
        for (uint256 height = 0; height < 33; height++) {
            assertInvalid(
                machine,
                bytes.concat(
                    machine.state(),
                    hex"01",
                    machine.leaf(StepMachine.ENTRY >> 7),
                    bytes8(uint64(1) << uint64(height)),
                    StepMachine.zero(height)
                ),
                "one"
            );
            bitmap |= uint64(1) << uint64(height);
            listed = bytes.concat(listed, StepMachine.zero(height));
        }
        assertInvalid(
            machine,
            bytes.concat(
                machine.state(), hex"01", machine.leaf(StepMachine.ENTRY >> 7), bytes8(bitmap), listed
            ),
            "all"
        );
    }

    function test_path_zeroSubtreeOfAnotherHeight_isASiblingLikeOthers() public view {
        // A subtree whose root is that of a zero subtree of another height is not zero: nobody knows one, but the rule
        // is about the height. Here the root is another, so only the fold decides.
        StepMachine.Machine memory machine = StepMachine.running(0x13);
        bytes memory content = machine.leaf(StepMachine.ENTRY >> 7);
        bytes32 sibling = StepMachine.zero(3);
        bytes32 root = keccak256(content);
        for (uint256 height = 0; height < 33; height++) {
            bytes32 other = height == 2 ? sibling : StepMachine.zero(height);
            bool right = ((StepMachine.ENTRY >> 7) >> height) & 1 == 1;
            root = right ? StepMachine.node(other, root) : StepMachine.node(root, other);
        }
        bytes memory state = machine.state(root);
        StepMachine.Machine memory expected = machine.copy();
        expected.pc += 4;
        expected.count++;
        assertSteps(
            bytes.concat(state, hex"01", content, bytes8(uint64(4)), sibling),
            keccak256(state),
            keccak256(expected.state(root)),
            "sibling of height 2"
        );
    }

    function loading() private pure returns (StepMachine.Machine memory machine) {
        machine = StepMachine.running(StepMachine.i(LOAD, 3, RD, RS1, 0));
        machine.registers[RS1] = uint64(StepMachine.STATE);
        machine.set(StepMachine.STATE, 8, 5);
        machine.set(StepMachine.STATE + 128, 8, 6);
        machine.set(StepMachine.ENTRY + 128, 8, 7);
    }

    function cut(bytes memory whole, uint256 length) private pure returns (bytes memory part) {
        part = bytes.concat(whole);
        assembly ("memory-safe") {
            mstore(part, length)
        }
    }

    // Zero subtrees, and the code's size

    function test_zeroRoots_all_areHashesOfTheOnesBefore() public pure {
        uint256 roots = ZeroRoots.write();
        for (uint256 height = 0; height < 33; height++) {
            bytes32 root;
            assembly ("memory-safe") {
                root := mload(add(roots, mul(height, 32)))
            }
            assertEq(root, StepMachine.zero(height), vm.toString(height));
        }
    }

    function test_code_size_leavesRoom() public view {
        assertTrue(address(STEP).code.length <= 6656, "the step is larger than 6.5 KB");
    }
}
