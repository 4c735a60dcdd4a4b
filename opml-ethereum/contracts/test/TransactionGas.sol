// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What a transaction costs.
library TransactionGas {
    /// EIP-2028 and EIP-7623: a byte of calldata costs 4 or 16 beside the execution, and 10 or 40 at least.
    /// @param data calldata
    /// @param execution gas that the called contract used
    function total(bytes memory data, uint256 execution) internal pure returns (uint256) {
        uint256 nonzero;
        for (uint256 i = 0; i < data.length; i++) {
            nonzero += data[i] == 0 ? 0 : 1;
        }
        uint256 tokens = data.length + 3 * nonzero;
        uint256 floor = 10 * tokens;
        uint256 usual = 4 * tokens + execution;
        return 21_000 + (usual > floor ? usual : floor);
    }
}
