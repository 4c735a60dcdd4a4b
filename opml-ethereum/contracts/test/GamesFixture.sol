// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClaimId, ClaimStatus, GameId, Parameters, RequestId, RequestStatus, Word} from "../src/Types.sol";
import {Ground} from "../src/Ground.sol";
import {IArbiter} from "../src/IArbiter.sol";
import {IMachine} from "../src/IMachine.sol";
import {IRefusals} from "../src/IRefusals.sol";
import {GamesHarness} from "./GamesHarness.sol";
import {Test, Vm} from "./Vm.sol";

/// A machine that gives the result that it was told, and takes a witness of any length but zero.
contract FakeMachine is IMachine {
    bytes32 private result;

    function tell(bytes32 result_) external {
        result = result_;
    }

    function step(bytes32, bytes calldata witness) external pure returns (bytes32) {
        require(witness.length > 0, IRefusals.InvalidWitness());
        // The interface promises to read no storage, and this fake does not keep the promise.
        function() view returns (bytes32) reads = read;
        function() pure returns (bytes32) told;
        assembly ("memory-safe") {
            told := reads
        }
        return told();
    }

    function read() private view returns (bytes32) {
        return result;
    }
}

/// One claim, and what a player knows of the game about it. Written from docs/protocol.md, with none of the code that
/// it checks.
abstract contract GamesFixture is Test {
    struct Position {
        uint256 phase;
        uint256 moves;
        uint256 node;
        uint256 low;
        uint256 high;
        uint256 proposerSeconds;
        uint256 challengerSeconds;
        uint256 time;
        uint256 number;
        bytes32 agreed;
        bytes32 other;
        bytes32[] own;
    }

    uint256 internal constant NODES = 0;
    uint256 internal constant NODE = 1;
    uint256 internal constant MACHINE_OPENED = 2;
    uint256 internal constant INSTRUCTION_OPENED = 3;
    uint256 internal constant MACHINE = 4;
    uint256 internal constant INSTRUCTION = 5;

    address internal constant PROPOSER = 0x1111111111111111111111111111111111111111;
    address internal constant CHALLENGER = 0x2222222222222222222222222222222222222222;
    address internal constant STRANGER = 0x3333333333333333333333333333333333333333;
    ClaimId internal constant CLAIM = ClaimId.wrap(keccak256("claim"));
    RequestId internal constant REQUEST = RequestId.wrap(keccak256("request"));
    bytes32 internal constant INITIAL_ROOT = keccak256("initial root");
    bytes32 internal constant FINAL_ROOT = keccak256("final root");

    uint256 internal constant START = 1_700_000_000;
    uint256 internal constant START_BLOCK = 20_000_000;

    FakeMachine internal machine;
    GamesHarness internal arbiter;
    Parameters internal p;

    uint256 private drawn;

    /// Deploys an arbiter with a claim on a trace, which was revealed in this block.
    function deploy(Parameters memory q, uint256 nodes) internal {
        p = q;
        vm.warp(START);
        vm.roll(START_BLOCK);
        machine = new FakeMachine();
        arbiter = new GamesHarness(q, machine);
        GamesHarness.Asked memory request;
        request.initialRoot = INITIAL_ROOT;
        request.status = RequestStatus.OPEN;
        request.lastNode = uint40(nodes - 1);
        request.sealedClaims = 1;
        request.firstAlive = 1;
        request.lastAlive = 1;
        request.sealingTime = uint40(START);
        request.sealingBlock = uint40(START_BLOCK);
        request.sealingSeconds = 600_000;
        arbiter.putRequest(REQUEST, request);
        arbiter.putClaim(CLAIM, claimOn(nodes));
        vm.deal(CHALLENGER, 100 ether);
        vm.deal(STRANGER, 100 ether);
        vm.deal(PROPOSER, 100 ether);
    }

    function claimOn(uint256 nodes) internal pure returns (Ground.Claim memory claim) {
        claim.proposer = PROPOSER;
        claim.status = ClaimStatus.REVEALED;
        claim.number = 1;
        claim.bond = 5 ether;
        claim.lastNode = uint40(nodes - 1);
        claim.challengeWindow = 90_000;
        claim.sinceTime = uint40(START);
        claim.sinceBlock = uint40(START_BLOCK);
        claim.request = REQUEST;
        claim.finalRoot = FINAL_ROOT;
    }

    /// A word with no zero byte, and a new one each time.
    function draw() internal returns (bytes32 value) {
        value = bytes32(uint256(keccak256(abi.encode(++drawn))) | (type(uint256).max / 255));
    }

    function below(uint256 bound) internal returns (uint256) {
        return uint256(keccak256(abi.encode(++drawn))) % bound;
    }

    /// So many commitments.
    function drawAll(uint256 size) internal returns (bytes32[] memory values) {
        values = new bytes32[](size);
        for (uint256 i = 0; i < size; i++) {
            values[i] = draw();
        }
    }

    function pair(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return keccak256(abi.encode(left, right));
    }

    /// Root over leaves, one level after the other.
    function rootOf(bytes32[] memory leaves) internal pure returns (bytes32) {
        if (leaves.length == 1) {
            return leaves[0];
        }
        return rootOf(above(leaves));
    }

    function above(bytes32[] memory level) internal pure returns (bytes32[] memory result) {
        result = new bytes32[]((level.length + 1) / 2);
        for (uint256 i = 0; i < result.length; i++) {
            result[i] = pair(level[2 * i], 2 * i + 1 < level.length ? level[2 * i + 1] : bytes32(0));
        }
    }

    /// Siblings of a leaf and the one before it: on each level, those nodes beside the path that are not on it.
    function siblingsOf(bytes32[] memory leaves, uint256 index)
        internal
        pure
        returns (bytes32[] memory result)
    {
        uint256 before = index == 0 ? 0 : index - 1;
        while (leaves.length > 1) {
            // The neighbour to the left, then that to the right, where the two paths do not have them.
            if (before % 2 == 1) {
                result = with(result, leaves[before - 1]);
            }
            if (index % 2 == 0 && index + 1 < leaves.length) {
                result = with(result, leaves[index + 1]);
            }
            leaves = above(leaves);
            (index, before) = (index / 2, before / 2);
        }
    }

    function with(bytes32[] memory values, bytes32 value) internal pure returns (bytes32[] memory result) {
        result = new bytes32[](values.length + 1);
        for (uint256 i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        result[values.length] = value;
    }

    function joined(bytes32[] memory a, bytes32[] memory b) internal pure returns (bytes32[] memory result) {
        result = a;
        for (uint256 i = 0; i < b.length; i++) {
            result = with(result, b[i]);
        }
    }

    function without(bytes32[] memory values, uint256 cut) internal pure returns (bytes32[] memory result) {
        result = new bytes32[](values.length - cut);
        for (uint256 i = 0; i < result.length; i++) {
            result[i] = values[i];
        }
    }

    function wordOf(Position memory position) internal pure returns (Word) {
        uint256 word = position.phase;
        word = word * 2 ** 8 + position.moves;
        word = word * 2 ** 40 + position.node;
        word = word * 2 ** 40 + position.low;
        word = word * 2 ** 40 + position.high - 1;
        word = word * 2 ** 27 + position.proposerSeconds;
        word = word * 2 ** 27 + position.challengerSeconds;
        word = word * 2 ** 34 + position.time;
        return Word.wrap(word * 2 ** 36 + position.number);
    }

    function endsOf(Position memory position) internal pure returns (bytes32) {
        return pair(position.agreed, position.other);
    }

    function gameOf(address challenger) internal view returns (GameId) {
        return GameId.wrap(
            keccak256(abi.encodePacked(uint8(4), block.chainid, address(arbiter), CLAIM, challenger))
        );
    }

    function hashOf(Position memory position, address challenger) internal view returns (bytes32) {
        return keccak256(
            abi.encodePacked(
                uint8(5), gameOf(challenger), wordOf(position), endsOf(position), rootOf(position.own)
            )
        );
    }

    function countOf(uint256 phase, uint256 size) internal view returns (uint256) {
        uint256 arity = phase == NODES ? p.nodeArity : p.instructionArity;
        return size < arity ? size : arity;
    }

    function boundary(Position memory position, uint256 index) internal view returns (uint256) {
        return position.low + (position.high - position.low) * index
            / countOf(position.phase, position.high - position.low);
    }

    /// The values that open a segment, without the mover's own.
    function openingOf(Position memory position, uint256 segment)
        internal
        pure
        returns (bytes32[] memory values)
    {
        values = with(values, position.own[segment]);
        if (segment > 0) {
            values = with(values, position.own[segment - 1]);
        }
        if (segment == 0 || segment == position.own.length - 1) {
            values = with(with(values, position.agreed), position.other);
        } else {
            values = with(values, endsOf(position));
        }
        values = joined(values, siblingsOf(position.own, segment));
    }

    /// The position after a challenge in this block.
    function challenged(uint256 nodes, bytes32[] memory own) internal view returns (Position memory next) {
        next.phase = nodes > 1 ? NODES : NODE;
        next.moves = 1;
        next.high = nodes;
        uint256 work = (nodes * p.nodeMicros + 999_999) / 1_000_000;
        next.proposerSeconds = p.clockSeconds + p.machineSeconds + 2 * work;
        next.challengerSeconds = next.proposerSeconds;
        next.time = block.timestamp;
        next.number = block.number;
        next.agreed = INITIAL_ROOT;
        next.other = FINAL_ROOT;
        next.own = own;
    }

    function moved(Position memory position) private view returns (Position memory next) {
        next.moves = position.moves + 1;
        next.node = position.node;
        next.time = block.timestamp;
        next.number = block.number;
        uint256 passed = block.timestamp - position.time;
        uint256 most = (block.number - position.number) * p.blockSeconds;
        passed = passed < most ? passed : most;
        bool proposers = position.moves % 2 == 1;
        next.proposerSeconds = position.proposerSeconds - (proposers ? passed : 0);
        next.challengerSeconds = position.challengerSeconds - (proposers ? 0 : passed);
    }

    /// The position after a segment was picked in this block.
    function subdivided(Position memory position, uint256 segment, bytes32[] memory own)
        internal
        view
        returns (Position memory next)
    {
        next = moved(position);
        next.low = boundary(position, segment);
        next.high = boundary(position, segment + 1);
        bool one = next.high - next.low == 1;
        if (position.phase == NODES) {
            next.phase = one ? NODE : NODES;
            next.node = one ? next.low : 0;
        } else {
            next.phase = one ? INSTRUCTION : MACHINE;
        }
        next.agreed = segment == 0 ? position.agreed : position.own[segment - 1];
        next.other = position.own[segment];
        next.own = own;
    }

    /// The position after the machine was opened in this block.
    function opened(Position memory position, bytes32 first, uint256 steps, bytes32[] memory own)
        internal
        view
        returns (Position memory next)
    {
        next = moved(position);
        next.phase = steps == 1 ? INSTRUCTION_OPENED : MACHINE_OPENED;
        next.node = position.low;
        next.high = steps;
        next.agreed = first;
        next.own = own;
    }

    function stateOf(bytes32 lower, bytes32 upper, uint64 pc, uint64 count, uint8 status, uint64[31] memory x)
        internal
        pure
        returns (bytes memory state)
    {
        state = abi.encodePacked(lower, upper, pc, count, status);
        for (uint256 i = 0; i < 31; i++) {
            state = bytes.concat(state, bytes8(x[i]));
        }
    }

    function hashOfState(bytes memory state) internal pure returns (bytes32) {
        bytes memory hashed = new bytes(297);
        bytes32 memory_;
        assembly ("memory-safe") {
            memory_ := keccak256(add(state, 32), 64)
            mcopy(add(hashed, 32), add(state, 64), 297)
            mstore(add(hashed, 32), memory_)
        }
        return keccak256(hashed);
    }

    /// The state in which a node begins.
    function firstState(bytes32 root, uint64 step) internal pure returns (bytes memory) {
        bytes32 zero = keccak256(new bytes(128));
        for (uint256 i = 0; i < 32; i++) {
            zero = pair(zero, zero);
        }
        uint64[31] memory x;
        x[1] = 2 ** 40;
        x[9] = step;
        return stateOf(root, zero, 0x10000, 0, 0, x);
    }

    function pass(uint256 seconds_) internal {
        vm.warp(block.timestamp + seconds_);
        vm.roll(block.number + (seconds_ + 11) / 12);
    }

    function stored(address challenger) internal view returns (bytes32) {
        return arbiter.games(gameOf(challenger));
    }

    /// What the events since `recordLogs` say that was burnt.
    function burnt() internal returns (uint256 sum) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].topics[0] == IArbiter.Ended.selector) {
                (,,,, uint256 lost) = abi.decode(logs[i].data, (uint256, uint256, uint256, uint256, uint256));
                sum += lost;
            } else if (logs[i].topics[0] == IArbiter.ClaimRefuted.selector) {
                (, uint256 lost) = abi.decode(logs[i].data, (uint256, uint256));
                sum += lost;
            }
        }
    }
}
