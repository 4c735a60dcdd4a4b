// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StandardParameters} from "./StandardParameters.sol";
import {Parameters} from "../src/Types.sol";
import {ParameterRules} from "../src/ParameterRules.sol";
import {Test} from "./Vm.sol";

contract ParameterRulesHarness {
    function check(Parameters memory p) external pure {
        ParameterRules.check(p);
    }
}

contract ParameterRulesTest is Test {
    uint256 private constant YEAR = 365 days;
    uint256 private constant LENGTH = 23;
    ParameterRulesHarness private rules = new ParameterRulesHarness();

    /// As far from all that binds two parameters together as possible.
    function roomy() private pure returns (Parameters memory p) {
        p = StandardParameters.get();
        p.clockSeconds = YEAR / 2;
        p.secondsPerMove = 1;
        p.longestChallengeWindow = YEAR / 2;
        p.longestSealingWindow = YEAR / 2;
        p.claimBondPerNode = 0;
        p.bounty = 0;
        p.moveReward = 0;
        p.endReward = 0;
        p.witnessReward = 0;
        p.longestSeconds = 1;
    }

    function isPossible(Parameters memory p) private view returns (bool) {
        try rules.check(p) {
            return true;
        } catch (bytes memory error) {
            // Never a panic.
            assertEq(bytes4(error), ParameterRules.ImpossibleParameters.selector, "error");
            return false;
        }
    }

    function set(Parameters memory p, uint256 place, uint256 value) private pure returns (Parameters memory) {
        uint256[LENGTH] memory words = abi.decode(abi.encode(p), (uint256[23]));
        words[place] = value;
        return abi.decode(abi.encode(words), (Parameters));
    }

    function assertRange(Parameters memory p, uint256 place, uint256 least, uint256 most) private view {
        string memory what = vm.toString(place);
        assertTrue(isPossible(set(p, place, least)), string.concat("least of ", what));
        assertTrue(isPossible(set(p, place, most)), string.concat("most of ", what));
        assertTrue(
            least == 0 || !isPossible(set(p, place, least - 1)), string.concat("below the least of ", what)
        );
        assertTrue(!isPossible(set(p, place, most + 1)), string.concat("above the most of ", what));
        assertTrue(!isPossible(set(p, place, type(uint256).max)), string.concat("huge ", what));
    }

    function test_check_standard_isPossible() public view {
        assertTrue(isPossible(StandardParameters.get()), "standard");
    }

    function test_check_eachAlone_hasItsRange() public view {
        Parameters memory p = roomy();
        assertRange(p, 0, 2, 64);
        assertRange(p, 1, 2, 64);
        assertRange(p, 2, 12, YEAR);
        assertRange(p, 3, 0, YEAR);
        assertRange(p, 4, 1, YEAR / 2 / 12);
        assertRange(p, 5, 0, YEAR);
        assertRange(p, 6, 1, YEAR);
        assertRange(p, 7, 1, YEAR / 2 - 3);
        assertRange(p, 8, 1, YEAR / 2 - 2);
        assertRange(p, 9, 24 * 3600 + 3, YEAR);
        assertRange(p, 10, 3600 + 2, YEAR);
        assertRange(p, 11, 1, uint256(type(uint96).max) / 10);
        assertRange(p, 13, 1, type(uint96).max);
        assertRange(p, 15, 5000, 10_000);
        assertRange(p, 19, 0, 1000);
        assertRange(p, 20, 0, 1_000_000);
        assertRange(p, 21, 1, (YEAR / 2 - 24 * 3600) / 3);
        assertRange(p, 22, 1, YEAR);
    }

    /// With 12 and 16 segments a game has 13 + 9 + 1 moves: 12 for a player, which are due 0.108 ether at the most.
    function test_check_standard_hasItsEdges() public view {
        Parameters memory p = StandardParameters.get();
        assertRange(p, 2, 12 * 60, YEAR);
        assertRange(p, 4, 1, 3600 / 12);
        assertRange(p, 9, 27 * 3600, YEAR);
        assertRange(p, 10, 3 * 3600, YEAR);
        assertRange(p, 13, 0.416 ether, type(uint96).max);
        p.claimBondPerNode = 0;
        assertRange(p, 11, 2.144 ether, uint256(type(uint96).max) / 10);
        p.claimBond = 2.144 ether;
        assertRange(p, 19, 0, 8);
        p.challengerBond = 0.416 ether;
        assertRange(p, 14, 0, 0.1 ether);
        assertRange(p, 17, 0, 0.006 ether);
        assertRange(p, 18, 0, 0.03 ether);
        assertRange(p, 16, 0, 0.006 ether);
        assertRange(p, 15, 5000, 5000);
        p = StandardParameters.get();
        // What is left for the nodes is (2^96 - 1) / 10 less the part that does not depend on them.
        assertRange(p, 12, 0, (uint256(type(uint96).max) / 10 - 2.5 ether) >> 40);
    }
}
