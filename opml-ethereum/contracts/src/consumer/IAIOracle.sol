// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What consumers of ORA's onchain AI oracle (OAO) call and listen to.
interface IAIOracle {
    event AICallbackRequest(
        address indexed account,
        uint256 indexed requestId,
        uint256 modelId,
        bytes input,
        address callbackContract,
        uint64 gasLimit,
        bytes callbackData
    );
    event AICallbackResult(address indexed account, uint256 indexed requestId, address invoker, bytes output);

    function requestCallback(
        uint256 modelId,
        bytes memory input,
        address callbackContract,
        uint64 gasLimit,
        bytes memory callbackData
    ) external payable returns (uint256 requestId);

    function estimateFee(uint256 modelId, uint256 gasLimit) external view returns (uint256);

    function isFinalized(uint256 requestId) external view returns (bool);
}

/// What such a consumer is called with.
interface IAIOracleReceiver {
    function aiOracleCallback(uint256 requestId, bytes calldata output, bytes calldata callbackData) external;

    /// @param code an enumeration there: 0 is an invalid input
    function aiOracleCallbackError(
        uint256 requestId,
        uint8 code,
        bytes calldata message,
        bytes calldata callbackData
    ) external;
}
