// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClaimId, ClaimStatus, GameId, Word} from "../src/Types.sol";
import {Ground} from "../src/Ground.sol";
import {IRefusals} from "../src/IRefusals.sol";
import {GamesFixture} from "./GamesFixture.sol";
import {StandardParameters} from "./StandardParameters.sol";

/// Moves and their refusals, one by one, and what a caller can make up that no client would send. Random games are
/// compared with the arbiter in Java by GamesDifferentialTest.
contract GamesTest is GamesFixture {
    uint256 private constant TRACE = 1000;

    function setUp() public {
        deploy(StandardParameters.get(), TRACE);
        pass(12);
    }

    function challenge() private returns (Position memory position) {
        bytes32[] memory own = drawAll(countOf(NODES, TRACE));
        vm.prank(CHALLENGER);
        GameId id = arbiter.challenge{value: p.challengerBond}(CLAIM, FINAL_ROOT, own);
        assertEq(GameId.unwrap(id), GameId.unwrap(gameOf(CHALLENGER)), "id");
        position = challenged(TRACE, own);
        assertIs(position);
    }

    function assertIs(Position memory position) private view {
        assertEq(stored(CHALLENGER), hashOf(position, CHALLENGER), "position");
    }

    function mover(Position memory position) private pure returns (address) {
        return position.moves % 2 == 1 ? PROPOSER : CHALLENGER;
    }

    /// The values of a legal move, and the position after it.
    function legal(Position memory position, uint256 segment)
        private
        returns (bytes32[] memory values, Position memory next)
    {
        next = subdivided(position, segment, position.own);
        next.own = drawAll(countOf(next.phase, next.high - next.low));
        if (segment == position.own.length - 1 && position.phase != MACHINE_OPENED) {
            next.own[next.own.length - 1] = position.other;
        }
        values = joined(openingOf(position, segment), next.own);
    }

    function subdivide(Position memory position, uint256 segment) private returns (Position memory next) {
        bytes32[] memory values;
        (values, next) = legal(position, segment);
        vm.prank(mover(position));
        arbiter.subdivide(CLAIM, CHALLENGER, wordOf(position), segment, values);
        assertIs(next);
    }

    function toNode(Position memory position) private returns (Position memory) {
        while (position.phase != NODE) {
            position = subdivide(position, below(position.own.length));
        }
        return position;
    }

    function endOf(Position memory position, uint64 steps, uint8 status) private returns (bytes memory) {
        uint64[31] memory x;
        x[3] = 77;
        return stateOf(position.other, draw(), 0x10000, steps, status, x);
    }

    function openingValues(Position memory position, uint256 steps)
        private
        returns (bytes32[] memory values)
    {
        values = with(with(with(values, position.own[0]), position.agreed), position.other);
        values = joined(values, drawAll(countOf(MACHINE_OPENED, steps) - 1));
    }

    function openMachine(Position memory position, uint64 steps) private returns (Position memory next) {
        bytes memory end = endOf(position, steps, 1);
        bytes32[] memory values = openingValues(position, steps);
        bytes32[] memory own;
        for (uint256 i = 3; i < values.length; i++) {
            own = with(own, values[i]);
        }
        own = with(own, hashOfState(end));
        bytes memory first = firstState(position.agreed, uint64(position.low));
        next = opened(position, hashOfState(first), steps, own);
        vm.prank(mover(position));
        arbiter.openMachine(CLAIM, CHALLENGER, wordOf(position), end, values);
        assertIs(next);
    }

    function toInstruction(Position memory position) private returns (Position memory) {
        position = openMachine(toNode(position), 1 << 32);
        while (position.phase != INSTRUCTION) {
            position = subdivide(position, below(position.own.length));
        }
        return position;
    }

    /// To where each segment is one instruction.
    function toLastPick(Position memory position) private returns (Position memory) {
        position = openMachine(toNode(position), 1 << 32);
        while (position.high - position.low > position.own.length) {
            position = subdivide(position, below(position.own.length));
        }
        return position;
    }

    function witness(Position memory position, bytes32 result) private {
        machine.tell(result);
        vm.prank(STRANGER);
        arbiter.submitWitness(
            CLAIM, CHALLENGER, wordOf(position), position.agreed, position.other, position.own[0], "w"
        );
    }

    function test_game_fromChallengeToWitness_endsOnce() public {
        Position memory position = toInstruction(challenge());
        witness(position, position.own[0]);
        assertEq(stored(CHALLENGER), bytes32(uint256(1)), "ended");
        assertEq(arbiter.claim(CLAIM).openGames, 0, "open games");
        vm.expectRevert(IRefusals.GameOver.selector);
        arbiter.timeOut(CLAIM, CHALLENGER, wordOf(position), endsOf(position), position.own[0]);
    }

    function test_prove_eachSegment_isASubdivisionAndAWitness() public {
        proveEachSegment(toLastPick(challenge()));
    }

    /// Where the mover has not said its end: in the last segment, too, which says it.
    function test_prove_eachSegmentOfAnOpening_isASubdivisionAndAWitness() public {
        proveEachSegment(openMachine(toNode(challenge()), 5));
    }

    /// The same events and the same end as of two transactions in one block.
    function proveEachSegment(Position memory position) private {
        uint256 before = vm.snapshotState();
        for (uint256 segment = 0; segment < position.own.length; segment++) {
            for (uint256 right = 0; right < 3; right++) {
                (bytes32[] memory values, Position memory next) = legal(position, segment);
                bytes32 result = right == 0 ? next.own[0] : right == 1 ? next.other : draw();
                machine.tell(result);
                uint256 fork = vm.snapshotState();
                vm.recordLogs();
                vm.prank(mover(position));
                arbiter.subdivide(CLAIM, CHALLENGER, wordOf(position), segment, values);
                vm.prank(mover(position));
                arbiter.submitWitness(
                    CLAIM, CHALLENGER, wordOf(next), next.agreed, next.other, next.own[0], "w"
                );
                bytes memory two = outcome();
                vm.revertToState(fork);
                vm.recordLogs();
                vm.prank(mover(position));
                arbiter.prove(CLAIM, CHALLENGER, wordOf(position), segment, values, "w");
                assertEq(outcome(), two, "outcome");
                vm.revertToState(before);
            }
        }
    }

    /// Events, claim and money.
    function outcome() private returns (bytes memory) {
        return abi.encode(
            vm.getRecordedLogs(),
            arbiter.claim(CLAIM),
            stored(CHALLENGER),
            arbiter.credits(CHALLENGER),
            arbiter.credits(PROPOSER)
        );
    }

    function test_prove_severalInstructionsOrNodesLeft_isWrongPhase() public {
        Position memory position = challenge();
        refuseProof(position, "w", IRefusals.WrongPhase.selector);
        position = toNode(position);
        vm.expectRevert(IRefusals.WrongPhase.selector);
        vm.prank(mover(position));
        arbiter.prove(CLAIM, CHALLENGER, wordOf(position), 0, with(openingOf(position, 0), draw()), "w");
        position = openMachine(position, 1 << 32);
        refuseProof(position, "w", IRefusals.WrongPhase.selector);
    }

    function test_prove_invalidWitnessOrAnothersTurn_changesNothing() public {
        Position memory position = toLastPick(challenge());
        refuseProof(position, "", IRefusals.InvalidWitness.selector);
        (bytes32[] memory values,) = legal(position, 1);
        vm.expectRevert(IRefusals.NotYours.selector);
        vm.prank(STRANGER);
        arbiter.prove(CLAIM, CHALLENGER, wordOf(position), 1, values, "w");
        vm.expectRevert(IRefusals.NotYourTurn.selector);
        vm.prank(mover(position) == PROPOSER ? CHALLENGER : PROPOSER);
        arbiter.prove(CLAIM, CHALLENGER, wordOf(position), 1, values, "w");
        assertIs(position);
    }

    function refuseProof(Position memory position, bytes memory with_, bytes4 refused) private {
        (bytes32[] memory values,) = legal(position, 0);
        vm.expectRevert(refused);
        vm.prank(mover(position));
        arbiter.prove(CLAIM, CHALLENGER, wordOf(position), 0, values, with_);
        assertIs(position);
    }

    function test_challenge_anotherValueThanTheBond_isRefused() public {
        bytes32[] memory own = drawAll(12);
        for (uint256 i = 0; i < 3; i++) {
            vm.expectRevert(IRefusals.InsufficientFunds.selector);
            vm.prank(CHALLENGER);
            arbiter.challenge{value: i == 0 ? 0 : p.challengerBond + 1 - 2 * (i - 1)}(CLAIM, FINAL_ROOT, own);
        }
    }

    function test_challenge_withoutCommitments_isWrongSubdivision() public {
        vm.expectRevert(IRefusals.WrongSubdivision.selector);
        vm.prank(CHALLENGER);
        arbiter.challenge{value: p.challengerBond}(CLAIM, FINAL_ROOT, new bytes32[](0));
    }

    function test_challenge_claimInAnotherStatus_isRefused() public {
        bytes32[] memory own = drawAll(12);
        for (uint256 i = 0; i < 6; i++) {
            Ground.Claim memory claim = claimOn(TRACE);
            claim.status = ClaimStatus(i);
            arbiter.putClaim(CLAIM, claim);
            if (claim.status != ClaimStatus.REVEALED) {
                vm.expectRevert(
                    i == 0 ? IRefusals.UnknownClaim.selector : IRefusals.WrongClaimStatus.selector
                );
            }
            vm.prank(CHALLENGER);
            arbiter.challenge{value: p.challengerBond}(CLAIM, FINAL_ROOT, own);
        }
    }

    function test_challenge_afterTheLastSecond_isTooLate() public {
        bytes32[] memory own = drawAll(12);
        vm.warp(START + 90_001);
        vm.roll(START_BLOCK + 90_001);
        vm.expectRevert(IRefusals.TooLate.selector);
        vm.prank(CHALLENGER);
        arbiter.challenge{value: p.challengerBond}(CLAIM, FINAL_ROOT, own);
        vm.warp(START + 90_000);
        vm.prank(CHALLENGER);
        arbiter.challenge{value: p.challengerBond}(CLAIM, FINAL_ROOT, own);
    }

    function test_challenge_ofTheLongestTrace_fitsTheWord() public {
        Ground.Claim memory claim = claimOn(1 << 40);
        arbiter.putClaim(CLAIM, claim);
        // 2^40 nodes of 1,000 µs would take 34 years; the request would be refused.
        p.nodeMicros = 0;
        deploy(p, 1 << 40);
        bytes32[] memory own = drawAll(12);
        vm.prank(CHALLENGER);
        arbiter.challenge{value: p.challengerBond}(CLAIM, FINAL_ROOT, own);
        Position memory position = challenged(1 << 40, own);
        assertIs(position);
        position = subdivide(position, 11);
        assertEq(position.high, 1 << 40, "high");
    }

    function test_subdivide_everySegment_leadsToItsPosition() public {
        for (uint256 i = 0; i < 12; i++) {
            deploy(StandardParameters.get(), TRACE);
            pass(12);
            subdivide(challenge(), i);
        }
    }

    /// Fewer values than an opening takes, then fewer or more than the segment takes, with none behind the opening.
    function test_subdivide_anyOtherNumberOfValues_isRefusedByName() public {
        Position memory position = challenge();
        for (uint256 segment = 0; segment < 12; segment++) {
            uint256 opening = openingOf(position, segment).length;
            (bytes32[] memory values,) = legal(position, segment);
            for (uint256 size = 0; size < values.length + 3; size++) {
                if (size == values.length) {
                    continue;
                }
                bytes32[] memory cut = size < values.length
                    ? without(values, values.length - size)
                    : joined(values, drawAll(size - values.length));
                if (segment == 11 && size > opening) {
                    cut[cut.length - 1] = position.other;
                }
                vm.expectRevert(
                    size < opening ? IRefusals.WrongOpening.selector : IRefusals.WrongSubdivision.selector
                );
                vm.prank(PROPOSER);
                arbiter.subdivide(CLAIM, CHALLENGER, wordOf(position), segment, cut);
            }
        }
        assertIs(position);
    }

    function test_subdivide_segmentThatDoesNotExist_isRefused(uint256 segment) public {
        Position memory position = challenge();
        (bytes32[] memory values,) = legal(position, 3);
        vm.expectRevert(IRefusals.SegmentOutOfRange.selector);
        vm.prank(PROPOSER);
        arbiter.subdivide(CLAIM, CHALLENGER, wordOf(position), segment < 12 ? 12 : segment, values);
    }

    function test_subdivide_lastSegmentWithAnotherEnd_isEndChanged() public {
        Position memory position = challenge();
        (bytes32[] memory values,) = legal(position, 11);
        values[values.length - 1] = draw();
        vm.expectRevert(IRefusals.EndChanged.selector);
        vm.prank(PROPOSER);
        arbiter.subdivide(CLAIM, CHALLENGER, wordOf(position), 11, values);
    }

    function test_subdivide_opponentsEnd_isNothingDisputed() public {
        Position memory position = challenge();
        (bytes32[] memory values,) = legal(position, 4);
        values[values.length - 1] = values[0];
        vm.expectRevert(IRefusals.NothingDisputed.selector);
        vm.prank(PROPOSER);
        arbiter.subdivide(CLAIM, CHALLENGER, wordOf(position), 4, values);
    }

    function test_moves_byOthers_areRefused() public {
        Position memory position = challenge();
        (bytes32[] memory values,) = legal(position, 4);
        Word word = wordOf(position);
        vm.expectRevert(IRefusals.NotYours.selector);
        vm.prank(STRANGER);
        arbiter.subdivide(CLAIM, CHALLENGER, word, 4, values);
        vm.expectRevert(IRefusals.NotYourTurn.selector);
        vm.prank(CHALLENGER);
        arbiter.subdivide(CLAIM, CHALLENGER, word, 4, values);
        vm.expectRevert(IRefusals.UnknownGame.selector);
        vm.prank(PROPOSER);
        arbiter.subdivide(CLAIM, STRANGER, word, 4, values);
    }

    /// Whatever the word says, before its hash is compared nothing but a refusal of its own can happen.
    function test_calls_withAnyWord_areRefusedByName(uint256 any, uint256 shape) public {
        Position memory position = challenge();
        if (shape % 2 == 0) {
            // One field of the stored word, with anything in it.
            uint256 mask = type(uint40).max << (shape % 217);
            any = (Word.unwrap(wordOf(position)) & ~mask) | (any & mask);
        }
        if (any == Word.unwrap(wordOf(position))) {
            return;
        }
        Word word = Word.wrap(any);
        (bytes32[] memory values,) = legal(position, 4);
        assertNamed(abi.encodeCall(arbiter.subdivide, (CLAIM, CHALLENGER, word, 4, values)), "subdivide");
        bytes memory end = endOf(position, 1, 1);
        assertNamed(
            abi.encodeCall(arbiter.openMachine, (CLAIM, CHALLENGER, word, end, values)), "openMachine"
        );
        assertNamed(
            abi.encodeCall(
                arbiter.submitWitness,
                (CLAIM, CHALLENGER, word, position.agreed, position.other, position.own[0], "w")
            ),
            "submitWitness"
        );
        bytes32 root = rootOf(position.own);
        assertStale(abi.encodeCall(arbiter.timeOut, (CLAIM, CHALLENGER, word, endsOf(position), root)));
        assertIs(position);
    }

    function assertStale(bytes memory data) private {
        assertTrue(refusal(data) == IRefusals.StalePosition.selector, "not stale");
    }

    function assertNamed(bytes memory data, string memory what) private {
        bytes4 error = refusal(data);
        assertTrue(
            error == IRefusals.StalePosition.selector || error == IRefusals.SegmentOutOfRange.selector
                || error == IRefusals.WrongOpening.selector,
            what
        );
    }

    function refusal(bytes memory data) private returns (bytes4) {
        vm.prank(PROPOSER);
        (bool accepted, bytes memory result) = address(arbiter).call(data);
        assertTrue(!accepted && result.length == 4, "accepted, or a panic");
        return bytes4(result);
    }

    function test_subdivide_intervalThatIsNone_isStale() public {
        Position memory position = challenge();
        (bytes32[] memory values,) = legal(position, 4);
        uint256 low = 1 << 164;
        uint256 last = type(uint40).max << 124;
        uint256 word = Word.unwrap(wordOf(position)) & ~last;
        assertStale(abi.encodeCall(arbiter.subdivide, (CLAIM, CHALLENGER, Word.wrap(word | low), 4, values)));
        assertStale(
            abi.encodeCall(arbiter.subdivide, (CLAIM, CHALLENGER, Word.wrap(word | low * 7000), 4, values))
        );
    }

    function test_moves_inTheLastSecond_arePossibleAndThenTimeOut() public {
        Position memory position = challenge();
        uint256 left = position.proposerSeconds;
        Word word = wordOf(position);
        (bytes32 ends, bytes32 root) = (endsOf(position), rootOf(position.own));
        vm.warp(block.timestamp + left);
        vm.roll(block.number + left);
        vm.expectRevert(IRefusals.ClockRunning.selector);
        arbiter.timeOut(CLAIM, CHALLENGER, word, ends, root);
        (bytes32[] memory values, Position memory next) = legal(position, 4);
        assertEq(next.proposerSeconds, 0, "clock");
        vm.warp(block.timestamp + 1);
        vm.expectRevert(IRefusals.ClockExpired.selector);
        vm.prank(PROPOSER);
        arbiter.subdivide(CLAIM, CHALLENGER, word, 4, values);
        vm.warp(block.timestamp - 1);
        vm.prank(PROPOSER);
        arbiter.subdivide(CLAIM, CHALLENGER, word, 4, values);
        assertIs(next);
    }

    function test_timeOut_ofTheProposer_refutesTheClaim() public {
        Position memory position = challenge();
        vm.warp(block.timestamp + 100_000);
        vm.roll(block.number + 100_000);
        vm.recordLogs();
        arbiter.timeOut(CLAIM, CHALLENGER, wordOf(position), endsOf(position), rootOf(position.own));
        assertTrue(arbiter.claim(CLAIM).status == ClaimStatus.REFUTED, "status");
        uint256 reward = p.moveReward + p.endReward + p.bounty;
        assertEq(arbiter.credits(CHALLENGER), reward + p.challengerBond, "credit");
        assertEq(burnt(), 5 ether - reward, "burnt");
    }

    function test_openMachine_endThatIsNone_isRefused() public {
        Position memory position = toNode(challenge());
        uint64 limit = 1 << 32;
        refuseEnd(position, endOf(position, 0, 1));
        refuseEnd(position, endOf(position, 0, 0));
        refuseEnd(position, endOf(position, limit - 1, 0));
        refuseEnd(position, endOf(position, limit + 1, 0));
        refuseEnd(position, endOf(position, limit + 1, 1));
        refuseEnd(position, endOf(position, type(uint64).max, 2));
        refuseEnd(position, endOf(position, limit, 3));
        refuseEnd(position, endOf(position, 5, 255));
        bytes memory end = endOf(position, 5, 1);
        refuseEnd(position, bytes.concat(end, hex"00"));
        refuseEnd(position, "");
        bytes memory cut = new bytes(328);
        for (uint256 i = 0; i < 328; i++) {
            cut[i] = end[i];
        }
        refuseEnd(position, cut);
    }

    function refuseEnd(Position memory position, bytes memory end) private {
        bytes32[] memory values = openingValues(position, 1 << 32);
        vm.expectRevert(IRefusals.WrongEndState.selector);
        vm.prank(mover(position));
        arbiter.openMachine(CLAIM, CHALLENGER, wordOf(position), end, values);
    }

    function test_openMachine_endStateWithAnotherRoot_isRefused() public {
        Position memory position = toNode(challenge());
        uint64[31] memory x;
        refuseEnd(position, stateOf(draw(), draw(), 0, 5, 1, x));
    }

    function test_openMachine_anyOtherNumberOfValues_isRefusedByName() public {
        Position memory position = toNode(challenge());
        bytes memory end = endOf(position, 9, 2);
        bytes32[] memory values = openingValues(position, 9);
        for (uint256 size = 0; size < 14; size++) {
            if (size == values.length) {
                continue;
            }
            bytes32[] memory cut = size < values.length
                ? without(values, values.length - size)
                : joined(values, drawAll(size - values.length));
            vm.expectRevert(size < 3 ? IRefusals.WrongOpening.selector : IRefusals.WrongSubdivision.selector);
            vm.prank(mover(position));
            arbiter.openMachine(CLAIM, CHALLENGER, wordOf(position), end, cut);
        }
    }

    function test_openMachine_ofOneInstruction_acceptsOnlyAWitness() public {
        Position memory position = openMachine(toNode(challenge()), 1);
        assertEq(position.phase, INSTRUCTION_OPENED, "phase");
        bytes32[] memory values = with(openingOf(position, 0), draw());
        vm.expectRevert(IRefusals.WrongPhase.selector);
        vm.prank(mover(position));
        arbiter.subdivide(CLAIM, CHALLENGER, wordOf(position), 0, values);
        witness(position, draw());
        assertEq(stored(CHALLENGER), bytes32(uint256(1)), "ended");
    }

    /// The end that was unsaid may be said as any commitment but the opponent's.
    function test_subdivide_lastSegmentAfterOpening_saysTheEndOnce() public {
        Position memory position = openMachine(toNode(challenge()), 1 << 32);
        position = subdivide(position, 15);
        (bytes32[] memory values,) = legal(position, 15);
        values[values.length - 1] = draw();
        vm.expectRevert(IRefusals.EndChanged.selector);
        vm.prank(mover(position));
        arbiter.subdivide(CLAIM, CHALLENGER, wordOf(position), 15, values);
        subdivide(position, 15);
    }

    function test_submitWitness_inAnotherPhase_isRefused() public {
        Position memory position = challenge();
        vm.expectRevert(IRefusals.WrongOpening.selector);
        arbiter.submitWitness(
            CLAIM, CHALLENGER, wordOf(position), position.agreed, position.other, position.own[0], "w"
        );
        position = toNode(position);
        vm.expectRevert(IRefusals.WrongPhase.selector);
        arbiter.submitWitness(
            CLAIM, CHALLENGER, wordOf(position), position.agreed, position.other, position.own[0], "w"
        );
    }

    function test_submitWitness_thatIsInvalid_changesNothing() public {
        Position memory position = toInstruction(challenge());
        vm.expectRevert(IRefusals.InvalidWitness.selector);
        arbiter.submitWitness(
            CLAIM, CHALLENGER, wordOf(position), position.agreed, position.other, position.own[0], ""
        );
        assertIs(position);
    }

    function test_submitWitness_neitherWasRight_burnsTheReward() public {
        Position memory position = toInstruction(challenge());
        vm.recordLogs();
        witness(position, draw());
        assertEq(arbiter.credits(CHALLENGER), p.challengerBond, "credit");
        assertEq(burnt(), 5 ether, "burnt");
        assertTrue(arbiter.claim(CLAIM).status == ClaimStatus.REFUTED, "status");
    }

    function test_close_ofAClaimThatStands_isStillUndecided() public {
        Position memory position = challenge();
        Word word = wordOf(position);
        (bytes32 ends, bytes32 root) = (endsOf(position), rootOf(position.own));
        vm.expectRevert(IRefusals.StillUndecided.selector);
        arbiter.close(CLAIM, CHALLENGER, word, ends, root);
        vm.expectRevert(IRefusals.UnknownGame.selector);
        arbiter.close(CLAIM, STRANGER, word, ends, root);
    }

    function test_close_afterARefutation_paysWhatIsDue() public {
        Position memory position = challenge();
        bytes32[] memory own = drawAll(12);
        vm.prank(STRANGER);
        arbiter.challenge{value: p.challengerBond}(CLAIM, FINAL_ROOT, own);
        Position memory second = challenged(TRACE, own);
        vm.warp(block.timestamp + 100_000);
        vm.roll(block.number + 100_000);
        vm.recordLogs();
        arbiter.timeOut(CLAIM, CHALLENGER, wordOf(position), endsOf(position), rootOf(position.own));
        uint256 reward = p.moveReward + p.endReward + p.bounty;
        assertEq(arbiter.quota(CLAIM), 2.5 ether - reward, "quota");
        vm.expectRevert(IRefusals.ClaimRefutedElsewhere.selector);
        arbiter.timeOut(CLAIM, STRANGER, wordOf(second), endsOf(second), rootOf(own));
        arbiter.close(CLAIM, STRANGER, wordOf(second), endsOf(second), rootOf(own));
        assertEq(arbiter.credits(STRANGER), p.challengerBond + p.moveReward + p.endReward, "credit");
        assertEq(
            burnt() + arbiter.credits(STRANGER) + arbiter.credits(CHALLENGER),
            5 ether + 2 * p.challengerBond,
            "all of the money"
        );
        vm.expectRevert(IRefusals.GameOver.selector);
        arbiter.close(CLAIM, STRANGER, wordOf(second), endsOf(second), rootOf(own));
    }
}
