// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StepRecords} from "./StepRecords.sol";
import {TransactionGas} from "./TransactionGas.sol";

/// What steps of a guest program cost, by instruction class.
contract RiscVStepGas is StepRecords {
    uint256 private constant MEDIAN_BAR = 60_000;
    uint256 private constant CLASSES = 13;

    /// Figures of one class, or of all.
    struct Costs {
        uint256[] execution;
        uint256[] transaction;
        uint256[] registers;
        uint256 count;
    }

    function test_step_ofTheGuest_costsWhatWasPlanned() public view {
        string memory folder = vm.envOr("OPML_STEPS", "");
        if (bytes(folder).length == 0) {
            return;
        }
        uint256 files = vm.envOr("OPML_STEP_FILES", uint256(0));
        uint256 most = vm.envOr("OPML_STEP_COUNT", uint256(0));
        Costs[] memory costs = new Costs[](CLASSES + 1);
        for (uint256 i = 0; i <= CLASSES; i++) {
            costs[i] = Costs(new uint256[](most), new uint256[](most), new uint256[](most), 0);
        }
        for (uint256 i = 0; i < files; i++) {
            uint256[4][] memory measured = this.measure(string.concat(folder, "/", vm.toString(i)));
            for (uint256 j = 0; j < measured.length; j++) {
                add(costs[measured[j][0]], measured[j]);
                add(costs[CLASSES], measured[j]);
            }
        }
        log(
            "class, steps, then median and most of execution, transaction and bytes of registers that are not zero"
        );
        for (uint256 i = 0; i <= CLASSES; i++) {
            if (costs[i].count > 0) {
                report(className(i), costs[i]);
            }
        }
        assertTrue(
            median(costs[CLASSES].transaction) <= MEDIAN_BAR, "a step of the bundled model costs too much"
        );
    }

    function add(Costs memory costs, uint256[4] memory measured) private pure {
        costs.execution[costs.count] = measured[1];
        costs.transaction[costs.count] = measured[2];
        costs.registers[costs.count] = measured[3];
        costs.count++;
    }

    function report(string memory name, Costs memory costs) private view {
        string memory line = string.concat(name, ", ", vm.toString(costs.count));
        uint256[][3] memory figures = [costs.execution, costs.transaction, costs.registers];
        uint256 count = costs.count;
        for (uint256 i = 0; i < 3; i++) {
            uint256[] memory numbers = figures[i];
            assembly ("memory-safe") {
                mstore(numbers, count)
            }
            sort(numbers, 0, count);
            line = string.concat(
                line, ", ", vm.toString(median(numbers)), ", ", vm.toString(numbers[count - 1])
            );
        }
        log(line);
    }

    /// Of sorted numbers.
    function median(uint256[] memory numbers) private pure returns (uint256) {
        return numbers[numbers.length / 2];
    }

    function sort(uint256[] memory numbers, uint256 from, uint256 to) private pure {
        if (to - from < 2) {
            return;
        }
        uint256 pivot = numbers[(from + to) / 2];
        uint256 low = from;
        uint256 high = to;
        uint256 at = from;
        while (at < high) {
            uint256 number = numbers[at];
            if (number < pivot) {
                (numbers[at], numbers[low]) = (numbers[low], number);
                at++;
                low++;
            } else if (number > pivot) {
                high--;
                (numbers[at], numbers[high]) = (numbers[high], number);
            } else {
                at++;
            }
        }
        sort(numbers, from, low);
        sort(numbers, high, to);
    }

    /// Of each record: class, gas of the execution, gas of a transaction that does the step and nothing else, and how
    /// many bytes of the registers are not zero.
    function measure(string calldata path) external view returns (uint256[4][] memory measured) {
        Record[] memory records = this.read(path);
        measured = new uint256[4][](records.length);
        for (uint256 i = 0; i < records.length; i++) {
            Record memory record = records[i];
            bytes memory data = abi.encodeCall(STEP.step, (record.preState, record.witness));
            (bool accepted, bytes memory result) = address(STEP).staticcall(data);
            uint256 execution = vm.lastCallGas().gasTotalUsed;
            assertTrue(accepted && abi.decode(result, (bytes32)) == record.postState, "another result");
            measured[i] = [
                classOf(record.witness),
                execution,
                TransactionGas.total(data, execution),
                registers(record.witness)
            ];
        }
    }

    function registers(bytes memory witness) private pure returns (uint256 nonzero) {
        for (uint256 i = 49; i < 297; i++) {
            nonzero += witness[i] == 0 ? 0 : 1;
        }
    }

    function classOf(bytes memory witness) private pure returns (uint256) {
        if (witness[297] == 0) {
            return 0;
        }
        uint256 opcode = uint8(witness[298 + (uint8(witness[39]) & 127)]) & 127;
        uint8[12] memory opcodes = [0x37, 0x17, 0x6f, 0x67, 0x63, 0x03, 0x23, 0x13, 0x1b, 0x33, 0x3b, 0x73];
        for (uint256 i = 0; i < 12; i++) {
            if (opcodes[i] == opcode) {
                return i + 1;
            }
        }
        revert("a fence or no instruction");
    }

    function className(uint256 class) private pure returns (string memory) {
        string[14] memory names = [
            "ended",
            "LUI",
            "AUIPC",
            "JAL",
            "JALR",
            "branch",
            "load",
            "store",
            "OP-IMM",
            "OP-IMM-32",
            "OP",
            "OP-32",
            "ECALL",
            "all"
        ];
        return names[class];
    }
}
