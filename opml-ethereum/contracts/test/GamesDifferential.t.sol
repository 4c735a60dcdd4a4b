// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClaimId, ClaimStatus, GameId, Parameters, RequestId, RequestStatus} from "../src/Types.sol";
import {Ground} from "../src/Ground.sol";
import {IMachine} from "../src/IMachine.sol";
import {IArbiter} from "../src/IArbiter.sol";
import {IRefusals} from "../src/IRefusals.sol";
import {GamesHarness} from "./GamesHarness.sol";
import {Test, Vm} from "./Vm.sol";

/// A machine whose witness is the result.
contract EchoMachine is IMachine {
    function step(bytes32, bytes calldata witness) external pure returns (bytes32) {
        require(witness.length == 32, IRefusals.InvalidWitness());
        return bytes32(witness);
    }
}

/// Repeats what the arbiter in Java did: a line of the file for each deployment, claim, call and event. The JUnit test
/// GamesTest writes it. Each line is read in a call of its own, so that memory is not used up.
/// forge-config: default.gas_limit = 9223372036854775807
contract GamesDifferentialTest is Test {
    uint256 private constant DEPLOYMENT = 1;
    uint256 private constant CLAIM = 2;
    uint256 private constant CALL = 3;

    /// In place of an error: any that has a name.
    uint256 private constant ANY_REFUSAL = type(uint32).max;

    struct ClaimLine {
        uint256 kind;
        ClaimId id;
        RequestId request;
        bytes32 initialRoot;
        bytes32 finalRoot;
        address proposer;
        ClaimStatus status;
        bool singlePhase;
        uint32 number;
        uint96 bond;
        uint40 lastNode;
        uint32 challengeWindow;
        uint40 sinceTime;
        uint40 sinceBlock;
    }

    struct CallLine {
        uint256 kind;
        address sender;
        uint256 value;
        uint256 time;
        uint256 number;
        uint256 selector;
        ClaimId claim;
        GameId game;
        bytes32 stored;
        ClaimStatus status;
        uint256 openGames;
        uint256 quota;
        uint256 logs;
        uint256 accountsInLine;
        address[5] accounts;
        uint256[5] credits;
    }

    error Differs(uint256 line, string what, bytes32 expected, bytes32 actual);

    string private path;
    uint256 private line;
    uint256 private calls;
    GamesHarness private arbiter;

    function test_calls_thatJavaMade_haveTheSameOutcome() public {
        path = vm.envOr("OPML_GAMES", "");
        if (bytes(path).length == 0) {
            return;
        }
        while (this.readOne()) {}
        assertTrue(calls > 0, "no calls");
        emit log_named_uint("calls", calls);
    }

    /// @return whether there was a line
    function readOne() external returns (bool) {
        bytes memory data = next();
        if (data.length == 0) {
            return false;
        }
        uint256 kind = abi.decode(data, (uint256));
        if (kind == DEPLOYMENT) {
            (, address place, Parameters memory p) = abi.decode(data, (uint256, address, Parameters));
            arbiter = GamesHarness(place);
            // Only at the place that ids were made for.
            vm.etch(place, address(new GamesHarness(p, new EchoMachine())).code);
        } else if (kind == CLAIM) {
            put(abi.decode(data, (ClaimLine)));
        } else {
            assertEq(kind, CALL, "kind of line");
            calls++;
            repeat(data);
        }
        return true;
    }

    function next() private returns (bytes memory) {
        line++;
        string memory read = vm.readLine(path);
        return bytes(read).length == 0 ? bytes("") : vm.parseBytes(read);
    }

    function put(ClaimLine memory from) private {
        GamesHarness.Asked memory request;
        request.initialRoot = from.initialRoot;
        request.status = RequestStatus.OPEN;
        request.singlePhase = from.singlePhase;
        request.lastNode = from.lastNode;
        request.sealedClaims = from.number;
        request.firstAlive = from.number;
        request.lastAlive = from.number;
        request.sealingTime = from.sinceTime;
        request.sealingBlock = from.sinceBlock;
        arbiter.putRequest(from.request, request);
        Ground.Claim memory claim;
        claim.proposer = from.proposer;
        claim.status = from.status;
        claim.singlePhase = from.singlePhase;
        claim.number = from.number;
        claim.bond = from.bond;
        claim.lastNode = from.lastNode;
        claim.challengeWindow = from.challengeWindow;
        claim.sinceTime = from.sinceTime;
        claim.sinceBlock = from.sinceBlock;
        claim.request = from.request;
        claim.finalRoot = from.finalRoot;
        arbiter.putClaim(from.id, claim);
    }

    function repeat(bytes memory data) private {
        CallLine memory expected = abi.decode(data, (CallLine));
        vm.warp(expected.time);
        vm.roll(expected.number);
        vm.deal(expected.sender, expected.value);
        vm.recordLogs();
        vm.prank(expected.sender);
        (bool accepted, bytes memory result) =
            address(arbiter).call{value: expected.value}(behind(data, 24 * 32));
        uint256 selector = accepted ? 0 : result.length == 4 ? uint32(bytes4(result)) : ANY_REFUSAL - 1;
        if (expected.selector == ANY_REFUSAL) {
            require(
                selector != 0 && selector != ANY_REFUSAL - 1,
                Differs(line, "any refusal", bytes32(0), bytes32(selector))
            );
        } else {
            same("refusal", bytes32(expected.selector), bytes32(selector));
        }
        same("position", expected.stored, arbiter.games(expected.game));
        claimIs(expected);
        for (uint256 i = 0; i < 5; i++) {
            same("credit", bytes32(expected.credits[i]), bytes32(arbiter.credits(expected.accounts[i])));
        }
        // Forge records those of a refused call, too, which nobody else sees.
        if (accepted) compareLogs(expected.logs);
        else same("events", bytes32(expected.logs), bytes32(0));
    }

    function claimIs(CallLine memory expected) private view {
        Ground.Claim memory claim = arbiter.claim(expected.claim);
        same("status", bytes32(uint256(expected.status)), bytes32(uint256(claim.status)));
        same("open games", bytes32(expected.openGames), bytes32(uint256(claim.openGames)));
        if (claim.openGames != 0) {
            same("quota", bytes32(expected.quota), bytes32(arbiter.quota(expected.claim)));
        }
    }

    /// What follows a refutation in its request has tests of its own.
    function compareLogs(uint256 count) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 compared = 0;
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].emitter != address(arbiter) || logs[i].topics[0] == IArbiter.SealingExtended.selector)
            {
                continue;
            }
            compared++;
            require(compared <= count, Differs(line, "one more event", bytes32(count), logs[i].topics[0]));
            compareLog(logs[i]);
        }
        same("events", bytes32(count), bytes32(compared));
    }

    function compareLog(Vm.Log memory log) private {
        bytes memory expected = next();
        (, uint256 topics) = abi.decode(expected, (uint256, uint256));
        same("topics", bytes32(topics), bytes32(log.topics.length));
        for (uint256 i = 0; i < topics; i++) {
            same("topic", abi.decode(behind(expected, (2 + i) * 32), (bytes32)), log.topics[i]);
        }
        same("data", keccak256(behind(expected, (2 + topics) * 32)), keccak256(log.data));
    }

    function same(string memory what, bytes32 expected, bytes32 actual) private view {
        require(expected == actual, Differs(line, what, expected, actual));
    }

    function behind(bytes memory data, uint256 head) private pure returns (bytes memory rest) {
        rest = new bytes(data.length - head);
        assembly ("memory-safe") {
            mcopy(add(rest, 32), add(add(data, 32), head), mload(rest))
        }
    }
}
