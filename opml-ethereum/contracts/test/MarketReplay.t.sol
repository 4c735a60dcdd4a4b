// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Parameters, Program} from "../src/Types.sol";
import {ParameterRules} from "../src/ParameterRules.sol";
import {Arbiter} from "../src/Arbiter.sol";
import {ImageRules} from "../src/ImageRules.sol";
import {EchoMachine} from "./GamesDifferential.t.sol";
import {ParameterRulesHarness} from "./ParameterRules.t.sol";
import {Test, Vm} from "./Vm.sol";

/// Plays what the arbiter in Java has recorded, and does all that it did. Without the record there is nothing to play.
contract ReplayTest is Test {
    /// What was recorded of a deployment.
    struct Deployment {
        Parameters parameters;
        Program[] programs;
        address deployer;
        address[] accounts;
    }

    /// What was recorded of a call.
    struct Step {
        uint256 number;
        uint256 time;
        address sender;
        uint256 value;
        bytes call;
        /// The data that was returned, or the error.
        bool accepted;
        bytes result;
        /// Hash of each event's topics and data.
        bytes32[] events;
        uint256 held;
        uint256[] credits;
    }

    /// What was recorded of an arbiter.
    struct Life {
        Deployment deployment;
        Step[] steps;
    }

    error Differs(uint256 life, uint256 step, string what, bytes actual, bytes expected);

    function test_replay_recordedLives_areTheSame() public {
        string memory path = vm.envOr("OPML_REPLAY", "");
        if (bytes(path).length == 0) return;
        Life[] memory lives = abi.decode(vm.readFileBinary(path), (Life[]));
        uint256 start = vm.snapshotState();
        for (uint256 i = 0; i < lives.length; i++) {
            play(lives[i], i);
            assertTrue(vm.revertToState(start), "no snapshot");
        }
    }

    function play(Life memory life, uint256 i) private {
        vm.roll(life.steps[0].number);
        vm.warp(life.steps[0].time);
        Arbiter arbiter = deploy(life.deployment);
        for (uint256 j = 0; j < life.steps.length; j++) {
            play(arbiter, life.deployment.accounts, life.steps[j], At(i, j));
        }
    }

    /// A place in the record.
    struct At {
        uint256 life;
        uint256 step;
    }

    /// Three contracts in this order, as anvil's have it: so the arbiter has the address that ids were made for.
    function deploy(Deployment memory deployment) private returns (Arbiter) {
        vm.prank(deployment.deployer);
        EchoMachine machine = new EchoMachine();
        vm.prank(deployment.deployer);
        ImageRules rules = new ImageRules();
        vm.prank(deployment.deployer);
        return new Arbiter(deployment.parameters, deployment.programs, machine, rules);
    }

    function play(Arbiter arbiter, address[] memory accounts, Step memory step, At memory at) private {
        vm.roll(step.number);
        vm.warp(step.time);
        vm.deal(step.sender, step.value);
        vm.recordLogs();
        vm.prank(step.sender);
        (bool accepted, bytes memory result) = address(arbiter).call{value: step.value}(step.call);
        requireSame(at, "result", result, step.result);
        requireSame(at, "outcome", accepted ? 1 : 0, step.accepted ? 1 : 0);
        requireEvents(at, vm.getRecordedLogs(), step.events);
        requireSame(at, "held", address(arbiter).balance, step.held);
        for (uint256 j = 0; j < accounts.length; j++) {
            requireSame(at, "credit", arbiter.credits(accounts[j]), step.credits[j]);
        }
    }

    function requireEvents(At memory at, Vm.Log[] memory logs, bytes32[] memory expected) private pure {
        requireSame(at, "events", logs.length, expected.length);
        for (uint256 j = 0; j < logs.length; j++) {
            bytes memory content = bytes.concat(abi.encodePacked(logs[j].topics), logs[j].data);
            requireSame(at, "event", uint256(keccak256(content)), uint256(expected[j]));
        }
    }

    function requireSame(At memory at, string memory what, uint256 actual, uint256 expected) private pure {
        requireSame(at, what, abi.encode(actual), abi.encode(expected));
    }

    function requireSame(At memory at, string memory what, bytes memory actual, bytes memory expected)
        private
        pure
    {
        require(keccak256(actual) == keccak256(expected), Differs(at.life, at.step, what, actual, expected));
    }
}

/// Judges parameters as Java's records have judged them.
contract ParameterReplayTest is Test {
    error Differs(bool possible, Parameters parameters);

    function test_replay_recordedParameters_areJudgedTheSame() public {
        string memory path = vm.envOr("OPML_PARAMETERS", "");
        if (bytes(path).length == 0) return;
        (Parameters[] memory all, bool[] memory possible) =
            abi.decode(vm.readFileBinary(path), (Parameters[], bool[]));
        ParameterRulesHarness rules = new ParameterRulesHarness();
        for (uint256 i = 0; i < all.length; i++) {
            try rules.check(all[i]) {
                require(possible[i], Differs(possible[i], all[i]));
            } catch (bytes memory error) {
                require(!possible[i], Differs(possible[i], all[i]));
                assertEq(bytes4(error), ParameterRules.ImpossibleParameters.selector, "error");
            }
        }
    }
}
