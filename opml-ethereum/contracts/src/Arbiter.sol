// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Parameters, Program} from "./Types.sol";
import {Games} from "./Games.sol";
import {Ground} from "./Ground.sol";
import {IImageRules} from "./IImageRules.sol";
import {IMachine} from "./IMachine.sol";

/// The arbiter of claims about inferences (docs/protocol.md). It has no owner, and nothing of it can be replaced.
contract Arbiter is Games {
    /// @param parameters_ must be possible: see ParameterRules
    /// @param programs_ guest programs that may be registered
    constructor(
        Parameters memory parameters_,
        Program[] memory programs_,
        IMachine machine,
        IImageRules rules
    ) Ground(parameters_, programs_, machine, rules) {}
}
