// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LostBond} from "../src/LostBond.sol";
import {Test} from "./Vm.sol";

contract LostBondTest is Test {
    function test_ofClaim_anyAmounts_areTogetherTheBond(
        uint96 bond,
        uint256 basisPoints,
        uint128 owed,
        bool right,
        uint32 others
    ) public pure {
        basisPoints = 5000 + basisPoints % 5001;
        (uint256 reward, uint256 quota, uint256 burnt) =
            LostBond.ofClaim(bond, basisPoints, owed, right, others);
        assertEq(reward + quota * others + burnt, bond, "sum");
        uint256 cut = (uint256(bond) * basisPoints + 9999) / 10_000;
        assertTrue(burnt >= cut, "cut");
        uint256 rest = bond - cut;
        uint256 earned = owed < rest ? owed : rest;
        assertEq(reward, right ? earned : 0, "reward");
        assertEq(quota, others == 0 ? 0 : (rest - earned) / others, "quota");
    }

    function test_ofChallenge_anyAmounts_areTogetherTheBond(uint96 bond, uint256 basisPoints, uint128 owed)
        public
        pure
    {
        basisPoints = 5000 + basisPoints % 5001;
        (uint256 reward, uint256 burnt) = LostBond.ofChallenge(bond, basisPoints, owed);
        assertEq(reward + burnt, bond, "sum");
        uint256 rest = bond - (uint256(bond) * basisPoints + 9999) / 10_000;
        assertEq(reward, owed < rest ? owed : rest, "reward");
    }

    function test_rest_roundsTheCutUp() public pure {
        assertEq(LostBond.rest(0, 5000), 0, "nothing");
        assertEq(LostBond.rest(1, 5000), 0, "one wei");
        assertEq(LostBond.rest(3, 5000), 1, "three wei");
        assertEq(LostBond.rest(1 ether, 10_000), 0, "all is burnt");
        assertEq(LostBond.rest(10_001, 5001), 4999, "a part of a wei");
    }
}
