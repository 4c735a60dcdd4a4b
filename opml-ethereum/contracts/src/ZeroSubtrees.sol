// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Roots of the subtrees over memory that is all zero.
library ZeroSubtrees {
    /// The roots by height, 0 (a leaf of 128 zero bytes) to 31. Each is the hash of two of the one before; as constants
    /// they cost a quarter of what computing them does.
    function roots() internal pure returns (bytes32[32] memory) {
        return [
            bytes32(0x012893657d8eb2efad4de0a91bcd0e39ad9837745dec3ea923737ea803fc8e3d),
            0x1b9b4e85f28c23b06eb0c7893374c3f2f042dfd69fb1a91d81209bf8a7351774,
            0x17d3b128b542ddeb2811916734df4da9bc03545dc741cfce55848ad490567a9d,
            0x80616768f16b2d0acdd69313c4412bea0e714c33d00673ee837e148e8db3cb70,
            0x78384ab322032219e2d3e7044ea3ccef6a389b9adfd608c0c21a076054ed04ae,
            0xfcd18dfddb2a3f88b9e3a4025338cb0065e2ed12dd1662daf6f746d6c3acced3,
            0x1350ea7d1ce1747062236fda0c01798fd8f791c820f8ba82f538c0e3fb3e830c,
            0x45e055603063da3beb8dfbecf521c99db68d4fbf750f40adafb89837a370dd03,
            0x2356ecf363c8334aa5659c38c39a44a87de8404eb008f71ff68cafcb481526c0,
            0x5ec453e783ba1993121a1bf8ea991a143380349d725832384f24d8de9a91630c,
            0xe82cea94884b1b895ea0742840a3b19249a723810fd1b04d8564d675b0a416f1,
            0x011ea4b41f3f49383c687f9dc2ec5510853dcd7f2447b936d7e84ad680e4b368,
            0x43b22b5cfb8ee6f3efef87d2dafc6d9c4a0ff7d5d4ffcadd69faf72fc0138b34,
            0xb906b256cd64f5ae02f7b1736ad7553ce9402a4ca88e0df022aec2ede32f978f,
            0xe782eda7d0332765ff6ba7fb2c5c3849536f2329e185f23d8a4c43f86ecb2618,
            0x74f1f686ebcf19d2209d540c3c5fb7d70646238a23205b53d185def31b2ca348,
            0x1252fad34a65e866aad3ff0e3d633c226860aff99be77eafce9fcb58e2e7f777,
            0x6df5b2eb354af2fc14c879e4494a55f52b2d31938aa477b0bd90eea511bd79d7,
            0x66e509240505eaa33b69f440827986987399bcb26bcca1641378efdea8b6cf86,
            0x4e10c903f0acdb1fd58f0b5fbffd6b00bd7384ce89361a9069aa168fd6c7ad2e,
            0x77585817ad6fe512a46c8f136dc001b59fba269c28a9c18ecdb69357506e5fb3,
            0xc3c8b862ae2e69a649c1c24dd75b10c9e847e906e34a3d658db04c8097a0c454,
            0x0a4b2689af17c368e1741dfd2bbdabcbebdcb5cafcc7637bbedff0f82f50243d,
            0x9be3a577ae639112cb5c9b2e735877691f38c60761aac6b6e5be961ea0cc6fc2,
            0x33923d95fcfc3e9edce29bf29024237470a0fc887ef16cd2e28d60bbfff56dc0,
            0x65af8eb5f814724a342e4410601d11c118fb6c74a038f0fffb8a558604623fcb,
            0x74c21c6354c4232091c66faa26fa3b7b05030df65f173f4866e8555022c28d02,
            0xed10f16400796a7284aeb4eaf32ca4813654a493860f46e464ac25d1ca82abf0,
            0xb3e6e3c4dd64f06e8137fa383fe231bc1704600ea127bc26e40c3b18f6c08c09,
            0x6dc454a5e4fb2755733b2e888574d571549747415ec2c2f591635cc8a1cb82b5,
            0x73dc88f49dabea67070ceab6cd3a0100b70e68973902693deacffd26a0a3cc49,
            0x0c4c0c1a31b312aea4bd013aac7143642cf22fdbd02e7a5b09d1a5ef0ccba3bd
        ];
    }
}
