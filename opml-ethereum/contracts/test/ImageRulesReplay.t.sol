// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ImageRules} from "../src/ImageRules.sol";
import {Test} from "./Vm.sol";

/// Calls of the rules with what the library in Java answers, from a file: `u32 length ‖ call ‖ u32 length ‖ answer`, one
/// after the other. An answer is what is returned, or the error.
contract ImageRulesReplay is Test {
    error OtherAnswer(uint256 number, bytes call, bytes expected, bytes actual);

    function test_calls_ofTheFile_areAnsweredAsInJava() external {
        string memory path = vm.envOr("IMAGE_RULES_CALLS", "");
        if (bytes(path).length == 0) {
            return;
        }
        address rules = address(new ImageRules());
        bytes memory file = vm.readFileBinary(path);
        uint256 number = 0;
        uint256 mostGas = 0;
        uint256 start = 0;
        while (start < file.length) {
            (uint256 input, uint256 inputSize) = part(file, start);
            start += 4 + inputSize;
            (uint256 answer, uint256 answerSize) = part(file, start);
            start += 4 + answerSize;
            uint256 used = gasleft();
            bool same;
            // Without a copy: thousands of them would fill the memory.
            assembly ("memory-safe") {
                pop(staticcall(gas(), rules, input, inputSize, 0, 0))
                let free := mload(0x40)
                returndatacopy(free, 0, returndatasize())
                same := and(
                    eq(returndatasize(), answerSize),
                    eq(keccak256(free, returndatasize()), keccak256(answer, answerSize))
                )
            }
            used -= gasleft();
            if (!same) {
                (, bytes memory actual) = rules.staticcall(copy(input, inputSize));
                revert OtherAnswer(number, copy(input, inputSize), copy(answer, answerSize), actual);
            }
            mostGas = used > mostGas ? used : mostGas;
            number++;
        }
        emit log_named_uint("calls", number);
        emit log_named_uint("most gas of a call", mostGas);
    }

    function part(bytes memory file, uint256 start) private pure returns (uint256 begin, uint256 size) {
        assembly ("memory-safe") {
            begin := add(add(file, 36), start)
            size := shr(224, mload(sub(begin, 4)))
        }
    }

    function copy(uint256 start, uint256 size) private pure returns (bytes memory result) {
        result = new bytes(size);
        assembly ("memory-safe") {
            mcopy(add(result, 32), start, size)
        }
    }
}
