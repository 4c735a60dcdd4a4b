// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// How a lost bond is divided. The winner's reward, the quota of every other open game and what is burnt are together
/// exactly the bond, and what is burnt is at least its cut. All of it is fixed when the bond is lost, so neither the
/// order in which games are closed nor who closes them changes anything.
library LostBond {
    uint256 private constant BASIS_POINTS = 10_000;

    /// What rewards may be paid from: the bond less its cut, which is rounded up.
    /// @param burnBasisPoints share that is burnt whatever else happens, at most 10,000
    function rest(uint256 bond, uint256 burnBasisPoints) internal pure returns (uint256) {
        return bond - (bond * burnBasisPoints + (BASIS_POINTS - 1)) / BASIS_POINTS;
    }

    /// Divides the bond of a challenger whose challenge failed.
    /// @param owed what is due to the proposer, with the bounty
    function ofChallenge(uint256 bond, uint256 burnBasisPoints, uint256 owed)
        internal
        pure
        returns (uint256 reward, uint256 burnt)
    {
        reward = least(owed, rest(bond, burnBasisPoints));
        burnt = bond - reward;
    }

    /// Divides the bond of a refuted claim.
    /// @param owed what is due to the challenger, with the bounty
    /// @param right whether the challenger told the truth; else its reward is burnt
    /// @param others games of the claim that are still open
    function ofClaim(uint256 bond, uint256 burnBasisPoints, uint256 owed, bool right, uint256 others)
        internal
        pure
        returns (uint256 reward, uint256 quota, uint256 burnt)
    {
        uint256 left = rest(bond, burnBasisPoints);
        uint256 earned = least(owed, left);
        quota = others == 0 ? 0 : (left - earned) / others;
        reward = right ? earned : 0;
        burnt = bond - reward - quota * others;
    }

    function least(uint256 a, uint256 b) internal pure returns (uint256) {
        return a < b ? a : b;
    }
}
