// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRefusals} from "../src/IRefusals.sol";
import {StepRecords} from "./StepRecords.sol";

/// Does what the machine in Java has done, and refuses what that refused.
contract RiscVStepReplay is StepRecords {
    function test_step_recordedInJava_hasTheSameResult() public view {
        string memory folder = vm.envOr("OPML_STEPS", "");
        if (bytes(folder).length == 0) {
            return;
        }
        uint256 files = vm.envOr("OPML_STEP_FILES", uint256(0));
        uint256 steps;
        for (uint256 i = 0; i < files; i++) {
            steps += this.play(string.concat(folder, "/", vm.toString(i)));
        }
        assertEq(steps, vm.envOr("OPML_STEP_COUNT", uint256(0)), "steps");
    }

    /// @return steps that the file has
    function play(string calldata path) external view returns (uint256) {
        Record[] memory records = this.read(path);
        for (uint256 i = 0; i < records.length; i++) {
            Record memory record = records[i];
            (bool accepted, bytes memory result) =
                address(STEP).staticcall(abi.encodeCall(STEP.step, (record.preState, record.witness)));
            bytes memory expected = record.postState == 0
                ? abi.encodePacked(IRefusals.InvalidWitness.selector)
                : abi.encodePacked(record.postState);
            assertTrue(
                accepted == (record.postState != 0) && keccak256(result) == keccak256(expected),
                string.concat("record ", vm.toString(i), " of ", path)
            );
        }
        return records.length;
    }
}
