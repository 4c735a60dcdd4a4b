// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RiscVStep} from "../src/RiscVStep.sol";
import {Test} from "./Vm.sol";

/// Steps that the machine in Java has recorded in numbered files: `preState (32) ‖ postState (32) ‖ u32 length ‖
/// witness` each, big-endian; the post-state is zero where the witness is invalid.
abstract contract StepRecords is Test {
    uint256 private constant HEADER = 68;

    RiscVStep internal immutable STEP = new RiscVStep();

    struct Record {
        bytes32 preState;
        bytes32 postState;
        bytes witness;
    }

    /// A file of these; in a call of its own, so that the memory is free again after it.
    function read(string calldata path) external view returns (Record[] memory records) {
        bytes memory file = vm.readFileBinary(path);
        uint256 count;
        for (uint256 at = 0; at < file.length; at += HEADER + number(file, at + 64)) {
            count++;
        }
        records = new Record[](count);
        uint256 next;
        for (uint256 i = 0; i < count; i++) {
            uint256 length = number(file, next + 64);
            records[i] = Record(word(file, next), word(file, next + 32), part(file, next + HEADER, length));
            next += HEADER + length;
        }
    }

    function word(bytes memory file, uint256 at) private pure returns (bytes32 result) {
        require(at + 32 <= file.length, "cut file");
        assembly ("memory-safe") {
            result := mload(add(add(file, 32), at))
        }
    }

    function number(bytes memory file, uint256 at) private pure returns (uint256) {
        return uint256(word(file, at - 28)) & type(uint32).max;
    }

    function part(bytes memory file, uint256 at, uint256 length) private pure returns (bytes memory result) {
        require(at + length <= file.length, "cut file");
        result = new bytes(length);
        assembly ("memory-safe") {
            mcopy(add(result, 32), add(add(file, 32), at), length)
        }
    }
}
