// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CommitmentTree} from "../src/CommitmentTree.sol";
import {IRefusals} from "../src/IRefusals.sol";
import {NodeStates} from "../src/NodeStates.sol";
import {GamesFixture} from "./GamesFixture.sol";

/// The library's functions from outside, with an array behind the values that they must not read.
contract Trees {
    function open(bytes32[] calldata values, uint256 count, uint256 segment, bytes32[] calldata)
        external
        pure
        returns (CommitmentTree.Opened memory)
    {
        return CommitmentTree.open(values, count, segment);
    }

    function root(bytes32[] memory leaves) external pure returns (bytes32 result, bytes32 behind) {
        bytes32[] memory next = new bytes32[](1);
        next[0] = "behind";
        result = CommitmentTree.root(leaves);
        behind = next[0];
    }

    function hash(bytes calldata state) external pure returns (bytes32) {
        return NodeStates.hash(state);
    }

    function firstHash(bytes32 lower, uint256 step, bool singlePhase) external pure returns (bytes32) {
        return NodeStates.firstHash(lower, step, singlePhase);
    }
}

contract CommitmentTreeTest is GamesFixture {
    uint256 private constant MOST = 64;
    Trees private trees = new Trees();
    bytes32[] private behind;

    function test_root_ofEverySize_isThatOfTheSpecification() public {
        for (uint256 m = 1; m <= MOST; m++) {
            bytes32[] memory leaves = drawAll(m);
            (bytes32 root, bytes32 after_) = trees.root(leaves);
            assertEq(root, rootOf(leaves), "root");
            assertEq(after_, "behind", "what lies behind the leaves");
        }
    }

    function test_open_everySegmentOfEverySize_leadsToTheRoot() public {
        behind = drawAll(100);
        for (uint256 m = 1; m <= MOST; m++) {
            this.openEverySegment(m);
        }
    }

    /// A call of its own, so that memory is not used up.
    function openEverySegment(uint256 m) external {
        Position memory position;
        position.agreed = draw();
        position.other = draw();
        position.own = drawAll(m);
        for (uint256 j = 0; j < m; j++) {
            bytes32[] memory opening = openingOf(position, j);
            CommitmentTree.Opened memory opened = trees.open(with(opening, draw()), m, j, behind);
            assertEq(opened.root, rootOf(position.own), "root");
            assertEq(opened.ends, endsOf(position), "ends");
            assertEq(opened.high, position.own[j], "high");
            assertEq(opened.low, j == 0 ? position.agreed : position.own[j - 1], "low");
            assertEq(opened.taken, opening.length, "taken");
            if (j == m - 1) {
                assertEq(opened.other, position.other, "other");
            }
        }
    }

    function test_open_aValueTooFew_isWrongOpening() public {
        behind = drawAll(100);
        for (uint256 m = 1; m <= MOST; m++) {
            Position memory position;
            position.own = drawAll(m);
            for (uint256 j = 0; j < m; j += 1 + below(4)) {
                bytes32[] memory opening = openingOf(position, j);
                bytes32[] memory cut = without(opening, 1 + below(opening.length));
                vm.expectRevert(IRefusals.WrongOpening.selector);
                trees.open(cut, m, j, behind);
            }
        }
    }

    function test_open_anyValueChanged_leadsElsewhere() public {
        for (uint256 m = 1; m <= MOST; m += 1 + below(5)) {
            Position memory position;
            position.agreed = draw();
            position.own = drawAll(m);
            for (uint256 j = 0; j < m; j += 1 + below(3)) {
                bytes32[] memory opening = openingOf(position, j);
                uint256 i = below(opening.length);
                opening[i] = draw();
                CommitmentTree.Opened memory opened = trees.open(opening, m, j, behind);
                assertTrue(
                    opened.root != rootOf(position.own) || opened.ends != endsOf(position), "nothing changed"
                );
            }
        }
    }

    function test_hash_ofRandomStates_isThatOfTheSpecification(
        bytes32 lower,
        bytes32 upper,
        uint64 pc,
        uint64 count,
        uint8 status,
        uint64[31] memory x
    ) public view {
        bytes memory state = stateOf(lower, upper, pc, count, status, x);
        assertEq(state.length, NodeStates.LENGTH, "length");
        assertEq(trees.hash(state), hashOfState(state), "hash");
    }

    function test_firstHash_ofANode_isThatOfItsFirstState(bytes32 lower, uint40 node) public view {
        assertEq(trees.firstHash(lower, node, false), hashOfState(firstState(lower, node)), "many phases");
        assertEq(
            trees.firstHash(lower, node, true), hashOfState(firstState(lower, type(uint64).max)), "one phase"
        );
    }
}
