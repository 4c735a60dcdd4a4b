// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ImageRules} from "../src/ImageRules.sol";
import {IRefusals} from "../src/IRefusals.sol";
import {ModelHash} from "../src/ModelHash.sol";
import {ZeroSubtrees} from "../src/ZeroSubtrees.sol";
import {Inference, Model, ModelId, Registration, Sampling} from "../src/Types.sol";
import {Test} from "./Vm.sol";

/// Images, requests and answers, against trees that are built leaf for leaf.
contract ImageRulesTest is Test {
    uint32 private constant ONE = 0x3f800000;
    uint32 private constant VOCABULARY = 1000;
    uint32 private constant CONTEXT = 100_000;

    ImageRules private rules;

    function setUp() external {
        rules = new ImageRules();
    }

    // What the library is not asked

    function test_zeroSubtrees_areHashesOfTheOneBefore() external pure {
        bytes32[32] memory roots = ZeroSubtrees.roots();
        bytes32 expected = keccak256(new bytes(128));
        for (uint256 i = 0; i < 32; i++) {
            assertEq(expected, roots[i], "zero subtree");
            expected = keccak256(abi.encode(expected, expected));
        }
    }

    /// The parts of a model cannot be cut elsewhere.
    function testFuzz_modelHash_otherParts_isAnother(bytes32 root, bytes calldata all, uint8 a, uint8 b)
        external
        view
    {
        uint256 first = uint256(a) % (all.length + 1);
        uint256 second = uint256(b) % (all.length + 1);
        vm.assume(first != second);
        assertTrue(
            this.modelHash(root, all[:first], all[first:])
                != this.modelHash(root, all[:second], all[second:]),
            "the same hash"
        );
    }

    function modelHash(bytes32 root, bytes calldata leaf, bytes calldata path)
        external
        pure
        returns (bytes32)
    {
        return ModelHash.hash(root, leaf, path);
    }

    // Answers

    function testFuzz_outputRoot_ids_isThatOfTheirRegion(uint32[] calldata ids) external view {
        vm.assume(ids.length != 0);
        bytes memory tokens;
        for (uint256 i = 0; i < ids.length; i++) {
            tokens = bytes.concat(tokens, little(ids[i] % VOCABULARY));
        }
        bytes32 expected = regionRoot(bytes.concat(little(uint32(ids.length)), tokens));
        assertEq(expected, rules.outputRoot(tokens, ids.length, VOCABULARY), "output root");
        assertRefused(
            IRefusals.OutputOutOfLimits.selector,
            abi.encodeCall(rules.outputRoot, (tokens, ids.length - 1, VOCABULARY))
        );
    }

    function test_outputRoot_idAtTheVocabularysSize_isRefused() external view {
        for (uint256 count = 1; count < 70; count++) {
            for (uint256 bad = 0; bad < count; bad++) {
                bytes memory tokens = new bytes(4 * count);
                put(tokens, 4 * bad, VOCABULARY);
                assertRefused(
                    IRefusals.OutputOutOfLimits.selector,
                    abi.encodeCall(rules.outputRoot, (tokens, count, VOCABULARY))
                );
                rules.outputRoot(tokens, count, VOCABULARY + 1);
            }
        }
    }

    function test_outputRoot_noneOrNoWholeNumber_isRefused() external view {
        for (uint256 size = 0; size < 9; size++) {
            if (size % 4 != 0 || size == 0) {
                assertRefused(
                    IRefusals.OutputOutOfLimits.selector,
                    abi.encodeCall(rules.outputRoot, (new bytes(size), 9, VOCABULARY))
                );
            }
        }
    }

    // Requests

    function testFuzz_begin_tokens_hasTheRootOfItsRegion(uint32[] calldata ids, uint64 seed) external view {
        vm.assume(ids.length != 0);
        Inference memory inference = request(0, 7);
        inference.sampling.seed = seed;
        for (uint256 i = 0; i < ids.length; i++) {
            inference.prompt = bytes.concat(inference.prompt, little(ids[i] % VOCABULARY));
        }
        bytes memory region = bytes.concat(
            little(2),
            little(uint32(ids.length)),
            little(7),
            little(1),
            new bytes(4),
            little(0),
            little(ONE),
            little(0)
        );
        region = bytes.concat(
            region, little(uint32(seed)), little(uint32(seed >> 32)), little(ONE), new bytes(84)
        );
        assertBegins(inference, bytes.concat(region, inference.prompt), ids.length + 6);
    }

    function assertBegins(Inference memory inference, bytes memory region, uint256 positions) private view {
        (bytes32 inputRoot, bytes32 initialRoot, uint256 length, uint256 vocabulary, bool singlePhase) =
            rules.begin(model(), inference);
        assertEq(regionRoot(region), inputRoot, "input root");
        assertEq(stateRoot(inputRoot), initialRoot, "initial root");
        assertEq(3 * positions, length, "length of the trace");
        assertEq(VOCABULARY, vocabulary, "vocabulary");
        assertTrue(!singlePhase, "single phase");
    }

    /// Every choice against every other, whatever their order.
    function testFuzz_begin_choices_refusedIfOneBeginsAnother(uint256 random) external view {
        uint256 count = 1 + random % 7;
        uint256 longest = 0;
        bytes[] memory choices = new bytes[](count);
        for (uint256 i = 0; i < count; i++) {
            uint256 word = uint256(keccak256(abi.encode(random, i)));
            uint256 length = 1 + word % 4;
            longest = length > longest ? length : longest;
            for (uint256 j = 0; j < length; j++) {
                word >>= 8;
                choices[i] = bytes.concat(choices[i], little(uint32(word % 3)));
            }
        }
        Inference memory inference = request(1, uint32(longest));
        inference.choices = listed(choices);
        if (anyBeginsAnother(choices)) {
            assertRequestRefused(inference);
        } else {
            rules.begin(model(), inference);
        }
    }

    function anyBeginsAnother(bytes[] memory choices) private pure returns (bool) {
        for (uint256 i = 0; i < choices.length; i++) {
            for (uint256 j = 0; j < choices.length; j++) {
                if (i != j && begins(choices[i], choices[j])) {
                    return true;
                }
            }
        }
        return false;
    }

    function begins(bytes memory short, bytes memory long) private pure returns (bool) {
        if (short.length > long.length) {
            return false;
        }
        for (uint256 i = 0; i < short.length; i++) {
            if (short[i] != long[i]) {
                return false;
            }
        }
        return true;
    }

    /// The stop token of the model is 9.
    function test_begin_stopTokenWithinAChoice_isRefusedUnlessItIsTheLast() external view {
        for (uint32 length = 1; length < 40; length++) {
            for (uint32 place = 0; place < length; place++) {
                bytes[] memory choices = new bytes[](1);
                choices[0] = new bytes(4 * length);
                put(choices[0], 4 * place, 9);
                Inference memory inference = request(1, length);
                inference.choices = listed(choices);
                if (place + 1 == length) {
                    rules.begin(model(), inference);
                } else {
                    assertRequestRefused(inference);
                }
                inference.stopPolicy = 0;
                rules.begin(model(), inference);
            }
        }
    }

    function test_begin_floatsAtTheEndsOfTheirRanges_areRefusedBeyond() external view {
        uint32[3] memory beyond = [uint32(0x3bffffff), 0x43000001, 0x80000000];
        for (uint256 i = 0; i < 3; i++) {
            Inference memory inference = request(1, 1);
            inference.sampling.temperature = beyond[i];
            assertRequestRefused(inference);
            inference = request(1, 1);
            inference.sampling.penaltyWindow = 1;
            inference.sampling.repeatPenalty = beyond[i];
            assertRequestRefused(inference);
        }
        uint32[2] memory ends = [uint32(0x3c000000), 0x43000000];
        for (uint256 i = 0; i < 2; i++) {
            Inference memory inference = request(1, 1);
            inference.sampling.penaltyWindow = 1;
            inference.sampling.temperature = ends[i];
            inference.sampling.repeatPenalty = ends[i];
            inference.sampling.presencePenalty = 0xc3000000;
            inference.sampling.frequencyPenalty = 0x43000000;
            rules.begin(model(), inference);
        }
    }

    function test_begin_headerOfAnotherSize_isRefused() external view {
        Model memory other = model();
        other.header = bytes.concat(other.header, hex"00");
        assertRefused(
            IRefusals.InvalidRegistration.selector, abi.encodeCall(rules.begin, (other, request(1, 1)))
        );
    }

    function test_begin_traceOf2To40Nodes_isTheLongest() external view {
        Model memory deep = model();
        put(deep.header, 12, 1 << 30);
        (,, uint256 length,,) = rules.begin(deep, request(1, 1024));
        assertEq(1 << 40, length, "length of the trace");
        assertRefused(IRefusals.TraceTooLong.selector, abi.encodeCall(rules.begin, (deep, request(1, 1025))));
        // What else is wrong with a request comes first.
        assertRefused(
            IRefusals.RequestOutOfLimits.selector, abi.encodeCall(rules.begin, (deep, request(1, CONTEXT)))
        );
    }

    // What it costs; asserted, so that a change shows

    function test_begin_gas_staysWithinItsBounds() external {
        uint256 ten = gasOf(request(10, 10));
        uint256 thousand = gasOf(request(1000, 10));
        emit log_named_uint("begin, 10 tokens", ten);
        emit log_named_uint("begin, 1,000 tokens", thousand);
        emit log_named_uint("a token", (thousand - ten) / 990);
        assertTrue(ten < 25_000, "10 tokens");
        assertTrue(thousand < 60_000, "1,000 tokens");
    }

    /// Of four or more ids, with a stop token to look for.
    function test_begin_gasOfChoices_staysWithinItsBound() external {
        uint256 none = gasOf(request(10, 4));
        for (uint32 count = 64; count <= 1024; count *= 4) {
            for (uint32 lengths = 1; lengths <= 3; lengths++) {
                Inference memory inference = request(10, 4 + lengths - 1);
                inference.choices = listed(someChoices(count, lengths));
                uint256 each = (gasOf(inference) - none) / count;
                emit log_named_uint(
                    string.concat(
                        "each of ", vm.toString(count), " choices of ", vm.toString(lengths), " lengths"
                    ),
                    each
                );
                assertTrue(each < 1_800, "a choice");
            }
        }
    }

    /// As many as there can be.
    function test_begin_gasOfMostChoices_isBounded() external {
        bytes memory header_ = header();
        put(header_, 16, 1 << 20);
        bytes memory choices = new bytes(1 << 16);
        for (uint32 i = 0; i < 1 << 13; i++) {
            put(choices, 8 * i, 1);
            put(choices, 8 * i + 4, 10 + i);
        }
        Inference memory inference = request(10, 1);
        inference.choices = choices;
        bytes memory call = abi.encodeCall(rules.begin, (Model(0, header_, inputPath()), inference));
        uint256 gas = gasleft();
        (bool accepted,) = address(rules).staticcall(call);
        gas -= gasleft();
        emit log_named_uint("8,192 choices", gas);
        assertTrue(accepted && gas < 10_000_000, "8,192 choices");
    }

    function test_outputRoot_gas_staysWithinItsBounds() external {
        uint256 gas = gasleft();
        rules.outputRoot(new bytes(40), 1000, VOCABULARY);
        uint256 ten = gas - gasleft();
        bytes memory long = new bytes(4000);
        gas = gasleft();
        rules.outputRoot(long, 1000, VOCABULARY);
        uint256 thousand = gas - gasleft();
        emit log_named_uint("outputRoot, 10 tokens", ten);
        emit log_named_uint("outputRoot, 1,000 tokens", thousand);
        assertTrue(ten < 15_000 && thousand < 50_000, "gas");
    }

    /// Numbers of three digits to base 16, and then up to two zeros.
    function someChoices(uint32 count, uint32 lengths) private pure returns (bytes[] memory choices) {
        choices = new bytes[](count);
        for (uint32 i = 0; i < count; i++) {
            choices[i] = new bytes(4 * (4 + (lengths - 1 - i % lengths)));
            put(choices[i], 0, 10 + i % 16);
            put(choices[i], 4, 10 + (i / 16) % 16);
            put(choices[i], 8, 10 + i / 256);
        }
    }

    function gasOf(Inference memory inference) private view returns (uint256 gas) {
        Model memory m = model();
        bytes memory call = abi.encodeCall(rules.begin, (m, inference));
        gas = gasleft();
        (bool accepted,) = address(rules).staticcall(call);
        gas -= gasleft();
        assertTrue(accepted, "refused");
    }

    // The model and its requests

    /// Nodes a token 3, stop token 9.
    function model() private pure returns (Model memory) {
        return Model({imageRoot: keccak256("image"), header: header(), inputPath: inputPath()});
    }

    function header() private pure returns (bytes memory) {
        return bytes.concat(
            bytes.concat(
                "OPML", little(2), little(0), little(3), little(VOCABULARY), little(CONTEXT), little(1)
            ),
            bytes.concat(little(0), little(9), new bytes(92))
        );
    }

    /// All siblings are there: a model of the largest size.
    function inputPath() private pure returns (bytes memory path) {
        path = abi.encodePacked(uint64(0x7fff));
        for (uint256 i = 0; i < 15; i++) {
            path = bytes.concat(path, keccak256(abi.encode(i)));
        }
    }

    /// The root to which `inputPath` leads: the region's place has the bits 000000000010000.
    function stateRoot(bytes32 region) private pure returns (bytes32 root) {
        root = region;
        for (uint256 i = 0; i < 15; i++) {
            bytes32 sibling = keccak256(abi.encode(i));
            root = i == 4 ? keccak256(abi.encode(sibling, root)) : keccak256(abi.encode(root, sibling));
        }
    }

    function request(uint256 tokens, uint32 maxNewTokens) private pure returns (Inference memory) {
        bytes memory prompt = new bytes(4 * tokens);
        for (uint256 i = 0; i < tokens; i++) {
            put(prompt, 4 * i, uint32(i) % VOCABULARY);
        }
        Sampling memory greedy = Sampling(0, 0, ONE, 0, 0, ONE, 0, 0, 0);
        return Inference(prompt, maxNewTokens, 1, greedy, "");
    }

    function listed(bytes[] memory choices) private pure returns (bytes memory list) {
        uint256 size = 0;
        for (uint256 i = 0; i < choices.length; i++) {
            size += 4 + choices[i].length;
        }
        list = new bytes(size);
        uint256 start = 0;
        for (uint256 i = 0; i < choices.length; i++) {
            put(list, start, uint32(choices[i].length / 4));
            start += 4;
            for (uint256 j = 0; j < choices[i].length; j++) {
                list[start++] = choices[i][j];
            }
        }
    }

    function assertRequestRefused(Inference memory inference) private view {
        assertRefused(
            IRefusals.RequestOutOfLimits.selector, abi.encodeCall(rules.begin, (model(), inference))
        );
    }

    function assertRefused(bytes4 reason, bytes memory call) private view {
        (bool accepted, bytes memory answer) = address(rules).staticcall(call);
        assertTrue(!accepted, "accepted");
        assertEq(abi.encodePacked(reason), answer, "refusal");
    }

    function little(uint32 value) private pure returns (bytes memory result) {
        result = new bytes(4);
        put(result, 0, value);
    }

    function put(bytes memory target, uint256 start, uint32 value) private pure {
        for (uint256 i = 0; i < 4; i++) {
            target[start + i] = bytes1(uint8(value >> (8 * i)));
        }
    }

    // A region's root, level by level, over as many leaves as there are and a zero subtree behind them

    function regionRoot(bytes memory content) private pure returns (bytes32) {
        bytes32[] memory nodes = new bytes32[]((content.length + 127) / 128);
        for (uint256 i = 0; i < nodes.length; i++) {
            bytes memory leaf = new bytes(128);
            for (uint256 j = 0; j < 128 && 128 * i + j < content.length; j++) {
                leaf[j] = content[128 * i + j];
            }
            nodes[i] = keccak256(leaf);
        }
        bytes32 zero = keccak256(new bytes(128));
        for (uint256 level = 0; level < 17; level++) {
            bytes32[] memory parents = new bytes32[]((nodes.length + 1) / 2);
            for (uint256 i = 0; i < parents.length; i++) {
                bytes32 right = 2 * i + 1 < nodes.length ? nodes[2 * i + 1] : zero;
                parents[i] = keccak256(abi.encode(nodes[2 * i], right));
            }
            nodes = parents;
            zero = keccak256(abi.encode(zero, zero));
        }
        return nodes[0];
    }
}
