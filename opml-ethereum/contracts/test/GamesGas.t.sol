// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GamesFixture} from "./GamesFixture.sol";
import {StandardParameters} from "./StandardParameters.sol";
import {Vm} from "./Vm.sol";

/// What a dispute costs: each call is a transaction of its own, with its data and the floor of EIP-7623.
/// forge-config: default.isolate = true
contract GamesGasTest is GamesFixture {
    uint256 private total;
    uint256 private constant NODES_IN_TRACE = 1 << 21;

    /// For 2^21 nodes of 2^32 instructions, with a machine that does nothing.
    uint256 private constant MOST = 930_000;

    function count(string memory what) private {
        uint256 used = vm.lastCallGas().gasTotalUsed;
        total += used;
        emit log_named_uint(what, used);
    }

    function test_dispute_ofTheLongestNode_costsLessThanTheBar() public {
        deploy(StandardParameters.get(), NODES_IN_TRACE);
        pass(12);
        bytes32[] memory own = drawAll(12);
        vm.prank(CHALLENGER);
        arbiter.challenge{value: 0.5 ether}(CLAIM, FINAL_ROOT, own);
        count("challenge");
        Position memory position = challenged(NODES_IN_TRACE, own);
        position = subdivideTo(NODE, position);
        position = openMachine(position);
        position = subdivideTo(INSTRUCTION, position);
        assertEq(stored(CHALLENGER), bytes32(uint256(1)), "ended");
        emit log_named_uint("all", total);
        assertTrue(total < MOST, "gas");
    }

    function subdivideTo(uint256 phase, Position memory position) private returns (Position memory) {
        while (position.phase != phase) {
            pass(12);
            uint256 m = position.own.length;
            uint256 segment = below(m);
            Position memory next = subdivided(position, segment, position.own);
            next.own = drawAll(countOf(next.phase, next.high - next.low));
            if (segment == m - 1 && position.phase != MACHINE_OPENED) {
                next.own[next.own.length - 1] = position.other;
            }
            bytes32[] memory values = joined(openingOf(position, segment), next.own);
            address mover = position.moves % 2 == 1 ? PROPOSER : CHALLENGER;
            if (next.phase == INSTRUCTION) {
                // The challenger wins, which changes more.
                machine.tell(mover == CHALLENGER ? next.own[0] : next.other);
                vm.prank(mover);
                arbiter.prove(CLAIM, CHALLENGER, wordOf(position), segment, values, "w");
                count("prove, with a machine that does nothing");
                return next;
            }
            vm.prank(mover);
            arbiter.subdivide(CLAIM, CHALLENGER, wordOf(position), segment, values);
            count(string.concat("segment ", vm.toString(segment), " of ", vm.toString(m)));
            assertEq(stored(CHALLENGER), hashOf(next, CHALLENGER), "position");
            position = next;
        }
        return position;
    }

    function openMachine(Position memory position) private returns (Position memory next) {
        pass(12);
        uint64[31] memory x;
        for (uint256 i = 0; i < 31; i++) {
            // Of one byte to eight, as addresses and numbers are.
            x[i] = uint64(uint256(draw()) >> (192 + 8 * below(8)));
        }
        bytes memory end = stateOf(position.other, draw(), 0x12345, 2 ** 32, 1, x);
        bytes32[] memory interior = drawAll(15);
        bytes memory first = firstState(position.agreed, uint64(position.low));
        next = opened(position, hashOfState(first), 2 ** 32, with(interior, hashOfState(end)));
        bytes32[] memory values =
            with(with(with(new bytes32[](0), position.own[0]), position.agreed), position.other);
        vm.prank(position.moves % 2 == 1 ? PROPOSER : CHALLENGER);
        arbiter.openMachine(CLAIM, CHALLENGER, wordOf(position), end, joined(values, interior));
        count("openMachine");
        assertEq(stored(CHALLENGER), hashOf(next, CHALLENGER), "position");
    }
}
