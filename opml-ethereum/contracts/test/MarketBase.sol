// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    ModelId,
    RequestId,
    ClaimId,
    Parameters,
    Program,
    Registration,
    RequestTerms,
    Model,
    Inference,
    Sampling,
    RequestStatus,
    ClaimStatus
} from "../src/Types.sol";
import {Claims} from "../src/Claims.sol";
import {Ground} from "../src/Ground.sol";
import {IImageRules} from "../src/IImageRules.sol";
import {IMachine} from "../src/IMachine.sol";
import {FakeRules} from "./FakeRules.sol";
import {Test} from "./Vm.sol";

/// The arbiter without games: what a game does to a claim is done at once.
contract Market is Claims {
    constructor(Parameters memory parameters_, Program[] memory programs_, IImageRules rules)
        Ground(parameters_, programs_, IMachine(address(0)), rules)
    {}

    function openGame(ClaimId id) external {
        claims[id].openGames++;
    }

    function endGame(ClaimId id) external {
        claims[id].openGames--;
    }

    /// As if a game had refuted the claim, whose bond is burnt but for a quota of each other open game.
    function refute(ClaimId id, uint256 quota) external {
        Claim storage claim = claims[id];
        claim.openGames--;
        refuted(id, claim, quota, claim.bond - quota * claim.openGames);
    }

    /// As if one of its open games were closed, with nothing due.
    function close(ClaimId id) external {
        claims[id].openGames--;
    }

    /// What a game's transaction does to a claim and to money, without its moves.
    /// @param opened how many games of the claim it opened, less those that it ended
    /// @param credited gets `amount`
    /// @param refutes whether the claim is refuted, with the quota and what is burnt of its bond
    function game(
        ClaimId id,
        int256 opened,
        address credited,
        uint256 amount,
        bool refutes,
        uint256 quota,
        uint256 lostBond
    ) external payable {
        Claim storage claim = claims[id];
        claim.openGames = uint32(uint256(int256(uint256(claim.openGames)) + opened));
        credit(credited, amount);
        if (refutes) refuted(id, claim, quota, lostBond);
    }

    function moveWord(ClaimId id)
        external
        view
        returns (address, ClaimStatus, uint32 number, uint32 openGames)
    {
        Claim storage claim = claims[id];
        return (claim.proposer, claim.status, claim.number, claim.openGames);
    }

    function bondOf(ClaimId id) external view returns (uint256) {
        return claims[id].bond;
    }

    /// The fee, if it is not gone.
    function lockedFee(RequestId id) external view returns (uint256) {
        return requests[id].feeGone ? 0 : requests[id].fee;
    }

    /// Numbers of a request's undecided claims in the order of the list, from its beginning.
    function alive(RequestId id) external view returns (uint32[] memory numbers) {
        Request storage stored = requests[id];
        uint256 count = 0;
        for (uint32 at = stored.firstAlive; at != 0; at = uint32(stored.links[at])) {
            count++;
        }
        numbers = new uint32[](count);
        uint256 i = 0;
        for (uint32 at = stored.firstAlive; at != 0; at = uint32(stored.links[at])) {
            numbers[i++] = at;
        }
    }

    /// The same from its end, in ascending order, too.
    function aliveFromEnd(RequestId id) external view returns (uint32[] memory numbers) {
        Request storage stored = requests[id];
        numbers = this.alive(id);
        uint32 at = stored.lastAlive;
        for (uint256 i = numbers.length; i > 0; i--) {
            numbers[i - 1] = at;
            at = uint32(stored.links[at] >> 32);
        }
        require(at == 0, "the list is longer from its end");
    }

    function links(RequestId id, uint32 number) external view returns (uint64) {
        return requests[id].links[number];
    }
}

/// A market with a model, and accounts that do what they are told to.
abstract contract MarketBase is Test {
    address internal constant PUBLISHER = address(0xa001);
    address internal constant REQUESTER = address(0xa002);
    address internal constant PROPOSER = address(0xa003);
    address internal constant RIVAL = address(0xa004);
    address internal constant STRANGER = address(0xa005);
    address internal constant CONSUMER = address(0xa006);

    uint256 internal constant NODES = 1000;
    uint256 internal constant FEE = 0.005 ether;
    uint256 internal constant BOND = 5 ether + 1000 * 1000 gwei;
    uint256 internal constant BLOCK_SECONDS = 12;
    // With a second for the work of NODES.
    uint256 internal constant REVEAL_DELAY = 60;
    uint256 internal constant REVEAL_SECONDS = 60 + 600 + 1;
    uint256 internal constant CHALLENGE_SECONDS = 7200 + 3;
    uint256 internal constant LEAST_SEALING = 3600 + 2;
    uint256 internal constant SEALING_SECONDS = 4000;
    uint256 internal constant TWO_WEEKS = 14 days;

    Market internal market;
    /// The optimizer takes a block's time for constant; these are not.
    uint256 internal time = 1_700_000_000;
    uint256 internal number = 1;

    function setUp() public virtual {
        standStill(0);
        Program[] memory programs = new Program[](2);
        programs[0] = Program(3, keccak256("older program"));
        programs[1] = Program(4, keccak256("program"));
        market = new Market(parameters(), programs, new FakeRules());
        vm.prank(PUBLISHER);
        market.register(registration(), keccak256("file"), "somewhere");
    }

    function parameters() internal pure returns (Parameters memory) {
        return Parameters({
            nodeArity: 8,
            instructionArity: 8,
            clockSeconds: 3600,
            machineSeconds: 2000,
            secondsPerMove: 60,
            revealDelay: 60,
            revealWindow: 600,
            challengeWindow: 7200,
            sealingWindow: 3600,
            longestChallengeWindow: TWO_WEEKS,
            longestSealingWindow: TWO_WEEKS,
            claimBond: 5 ether,
            claimBondPerNode: 1000 gwei,
            challengerBond: 1 ether,
            bounty: 0.1 ether,
            burnBasisPoints: 5000,
            moveReward: 0.006 ether,
            endReward: 0.006 ether,
            witnessReward: 0.03 ether,
            coveredGames: 8,
            nodeMicros: 100,
            longestSeconds: 3600,
            blockSeconds: BLOCK_SECONDS
        });
    }

    function registration() internal pure returns (Registration memory it) {
        it.imageRoot = keccak256("image");
        it.header = hex"04";
        it.programRoot = keccak256("program");
        it.inputPath = "input path";
    }

    function model() internal pure returns (Model memory) {
        Registration memory it = registration();
        return Model(it.imageRoot, it.header, it.inputPath);
    }

    function modelId() internal pure returns (ModelId) {
        return ModelId.wrap(keccak256(abi.encode(keccak256("image"), bytes(hex"04"))));
    }

    function inference(uint256 nodes) internal pure returns (Inference memory it) {
        it.prompt = abi.encode(nodes, 100, false);
        it.maxNewTokens = 2;
        it.sampling = Sampling(0, 0, 0x3f800000, 0, 0, 0x3f800000, 0, 0, 0);
    }

    function terms(uint64 nonce) internal view returns (RequestTerms memory) {
        return terms(nonce, NODES);
    }

    /// The least that is possible, but for the time for sealing.
    function terms(uint64 nonce, uint256 nodes) internal view returns (RequestTerms memory) {
        uint256 work = (nodes * 100 + 999_999) / 1_000_000;
        return RequestTerms({
            model: modelId(),
            inference: inference(nodes),
            fee: FEE,
            sealingDeadline: uint64(time + SEALING_SECONDS - LEAST_SEALING + 3600 + 2 * work),
            consumer: CONSUMER,
            challengeWindow: uint64(7200 + 3 * work),
            bond: 5 ether + nodes * 1000 gwei,
            nonce: nonce
        });
    }

    /// As many blocks as a running chain makes in some time, and at least one.
    function advance(uint256 seconds_) internal {
        uint256 blocks = (seconds_ + BLOCK_SECONDS - 1) / BLOCK_SECONDS;
        number += blocks == 0 ? 1 : blocks;
        time += seconds_;
        vm.warp(time);
        vm.roll(number);
    }

    /// One block after the chain stood still.
    function standStill(uint256 seconds_) internal {
        number++;
        time += seconds_;
        vm.warp(time);
        vm.roll(number);
    }

    function pay(address account, uint256 amount) internal {
        vm.deal(account, amount);
        vm.prank(account);
    }

    function ask(RequestTerms memory what) internal returns (RequestId) {
        pay(REQUESTER, what.fee);
        return market.request{value: what.fee}(what, model());
    }

    function ask() internal returns (RequestId) {
        return ask(terms(0));
    }

    function refuseToAsk(RequestTerms memory what, bytes4 error) internal {
        pay(REQUESTER, what.fee);
        vm.expectRevert(error);
        market.request{value: what.fee}(what, model());
    }

    function tokens() internal pure returns (bytes memory) {
        return hex"0100000002000000";
    }

    function outputPath(uint256 answer) internal pure returns (bytes memory) {
        return abi.encodePacked(answer);
    }

    /// The final root of one of several answers, which all have the same tokens.
    function finalRoot(uint256 answer) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256(tokens()), outputPath(answer)));
    }

    function sealOf(RequestId request, address proposer, uint256 answer, uint256 salt)
        internal
        view
        returns (bytes32)
    {
        return keccak256(
            abi.encodePacked(
                uint8(2),
                block.chainid,
                market,
                request,
                proposer,
                keccak256(tokens()),
                finalRoot(answer),
                salt
            )
        );
    }

    function seal(RequestId request, address proposer, uint256 answer, uint256 salt)
        internal
        returns (ClaimId id)
    {
        bytes32 hash = sealOf(request, proposer, answer, salt);
        pay(proposer, BOND);
        id = market.sealClaim{value: BOND}(request, hash, tokens());
        assertEq(
            ClaimId.unwrap(id),
            keccak256(abi.encodePacked(uint8(3), block.chainid, market, request, proposer, hash)),
            "claim id"
        );
    }

    function reveal(ClaimId id, address proposer, uint256 answer, uint256 salt) internal {
        vm.prank(proposer);
        market.reveal(id, finalRoot(answer), bytes32(salt), outputPath(answer));
    }

    /// Seals and reveals, which takes the delay.
    function claim(RequestId request, address proposer, uint256 answer, uint256 salt)
        internal
        returns (ClaimId id)
    {
        id = seal(request, proposer, answer, salt);
        advance(REVEAL_DELAY);
        reveal(id, proposer, answer, salt);
    }
}
