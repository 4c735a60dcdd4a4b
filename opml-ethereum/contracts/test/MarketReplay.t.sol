// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Parameters, Program} from "../src/Types.sol";
import {ParameterRules} from "../src/ParameterRules.sol";
import {IImageRules} from "../src/IImageRules.sol";
import {ParameterRulesHarness} from "./ParameterRules.t.sol";
import {Market} from "./MarketBase.sol";
import {Test, Vm} from "./Vm.sol";

/// Answers as it was told to the one call that it was told to expect.
contract ScriptedRules {
    error UnexpectedCall(bytes call);

    bytes private expected;
    bytes private answer;

    /// @param answer_ of 4 bytes: an error
    function script(bytes calldata expected_, bytes calldata answer_) external {
        expected = expected_;
        answer = answer_;
    }

    fallback(bytes calldata) external returns (bytes memory) {
        require(keccak256(expected) == keccak256(msg.data), UnexpectedCall(msg.data));
        bytes memory result = answer;
        if (result.length == 4) {
            assembly ("memory-safe") {
                revert(add(result, 32), 4)
            }
        }
        return result;
    }
}

/// Plays what the arbiter in Java has recorded, and does all that it did. Without the record there is nothing to play.
contract MarketReplayTest is Test {
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
        bytes callOfRules;
        bytes answerOfRules;
        /// The data that was returned, or the error.
        bool accepted;
        bytes result;
        /// Hash of each event's topics and data.
        bytes32[] events;
        uint256 burnt;
        uint256 held;
        uint256[] credits;
    }

    error Differs(uint256 step, string what, bytes actual, bytes expected);

    function test_replay_recordedLife_doesTheSame() public {
        string memory path = vm.envOr("OPML_MARKET", "");
        if (bytes(path).length == 0) return;
        (Deployment memory deployment, Step[] memory steps) =
            abi.decode(vm.readFileBinary(path), (Deployment, Step[]));
        vm.roll(steps[0].number);
        vm.warp(steps[0].time);
        ScriptedRules rules = new ScriptedRules();
        vm.prank(deployment.deployer);
        Market market = new Market(deployment.parameters, deployment.programs, IImageRules(address(rules)));
        for (uint256 i = 0; i < steps.length; i++) {
            play(market, rules, deployment.accounts, steps[i], i);
        }
    }

    function play(Market market, ScriptedRules rules, address[] memory accounts, Step memory step, uint256 i)
        private
    {
        vm.roll(step.number);
        vm.warp(step.time);
        rules.script(step.callOfRules, step.answerOfRules);
        vm.deal(step.sender, step.value);
        vm.recordLogs();
        vm.prank(step.sender);
        (bool accepted, bytes memory result) = address(market).call{value: step.value}(step.call);
        requireSame(i, "result", result, step.result);
        requireSame(i, "outcome", accepted ? 1 : 0, step.accepted ? 1 : 0);
        requireEvents(i, vm.getRecordedLogs(), step.events);
        requireSame(i, "burnt", market.burnt(), step.burnt);
        requireSame(i, "held", address(market).balance, step.held);
        for (uint256 j = 0; j < accounts.length; j++) {
            requireSame(i, "credit", market.credits(accounts[j]), step.credits[j]);
        }
    }

    function requireEvents(uint256 i, Vm.Log[] memory logs, bytes32[] memory expected) private pure {
        requireSame(i, "events", logs.length, expected.length);
        for (uint256 j = 0; j < logs.length; j++) {
            bytes memory content = bytes.concat(abi.encodePacked(logs[j].topics), logs[j].data);
            require(keccak256(content) == expected[j], Differs(i, "event", content, abi.encode(expected[j])));
        }
    }

    function requireSame(uint256 i, string memory what, uint256 actual, uint256 expected) private pure {
        requireSame(i, what, abi.encode(actual), abi.encode(expected));
    }

    function requireSame(uint256 i, string memory what, bytes memory actual, bytes memory expected)
        private
        pure
    {
        require(keccak256(actual) == keccak256(expected), Differs(i, what, actual, expected));
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
