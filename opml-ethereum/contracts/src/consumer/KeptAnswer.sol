// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Bytes that are kept as the code of a contract, which costs a third of what storage does. It begins with an
/// instruction that stops, so that nobody can execute what follows.
library KeptAnswer {
    /// Most bytes that fit, beside the first.
    uint256 internal constant MOST = 24_575;

    /// PUSH2 length, DUP1, PUSH1 10, RETURNDATASIZE, CODECOPY, RETURNDATASIZE, RETURN: returns what follows.
    uint256 private constant CREATION = 0x61_0000_80_60_0a_3d_39_3d_f3;

    error NotKept();

    /// @param data at most MOST bytes
    /// @return place where the data is
    function write(bytes calldata data) internal returns (address place) {
        uint256 length = data.length + 1;
        bytes memory creation = abi.encodePacked(uint80(CREATION | (length << 56)), uint8(0), data);
        assembly ("memory-safe") {
            place := create(0, add(creation, 0x20), mload(creation))
        }
        // Else whoever brings too little gas would leave it out.
        require(place != address(0), NotKept());
    }

    function read(address place) internal view returns (bytes memory data) {
        require(place != address(0), NotKept());
        bytes memory code = place.code;
        // The first byte becomes the last of the array's length.
        assembly ("memory-safe") {
            let length := sub(mload(code), 1)
            data := add(code, 1)
            mstore(data, length)
        }
    }
}
