// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClaimId, ClaimStatus, EndReason, GameId, Winner, Word} from "./Types.sol";
import {Claims} from "./Claims.sol";
import {CommitmentTree} from "./CommitmentTree.sol";
import {LostBond} from "./LostBond.sol";
import {NodeStates} from "./NodeStates.sol";
import {Phase, Phases, PositionWord} from "./PositionWord.sol";
import {Segments} from "./Segments.sol";

/// Games: one for each claim and challenger, which these two name. A game's position is what its last mover said of the
/// disputed interval. Only its hash is stored, so a move repeats the word of the position that it answers, and opens one
/// segment of it. It reads one word of the claim, and reads and writes the hash.
///
/// The phase says which move is possible, and the move leads to the next phase:
///
///     NODES --subdivide--> NODES, NODE          NODE --openMachine--> MACHINE_OPENED, INSTRUCTION_OPENED
///     MACHINE_OPENED, MACHINE --subdivide--> MACHINE, INSTRUCTION
///     INSTRUCTION_OPENED, INSTRUCTION --submitWitness--> end
///     MACHINE_OPENED, MACHINE --prove--> end
abstract contract Games is Claims {
    using PositionWord for Word;

    /// Length of a node's machine trace.
    uint256 private constant MOST_INSTRUCTIONS = 1 << 32;

    /// In place of a position's hash.
    bytes32 private constant NO_GAME = bytes32(uint256(0));
    bytes32 private constant ENDED = bytes32(uint256(1));

    /// Challenges a revealed claim, locks the challenger's bond and makes the first move: subdivides [0, N].
    /// @param claimedRoot the claim's final root, which the challenger disputes
    /// @param own the challenger's state roots at the inner boundaries, ascending, then its final root
    function challenge(ClaimId claim, bytes32 claimedRoot, bytes32[] calldata own)
        external
        payable
        returns (GameId id)
    {
        Claim storage disputed = claims[claim];
        ClaimStatus status = disputed.status;
        require(status != ClaimStatus.NONE, UnknownClaim());
        require(status == ClaimStatus.REVEALED, WrongClaimStatus());
        require(elapsed(disputed.sinceTime, disputed.sinceBlock) <= disputed.challengeWindow, TooLate());
        // With one account on both sides, the turns would be ambiguous.
        require(msg.sender != disputed.proposer, NotYours());
        id = gameId(claim, msg.sender);
        require(games[id] == NO_GAME, Duplicate());
        require(claimedRoot == disputed.finalRoot, WrongClaimedRoot());
        uint256 lastNode = disputed.lastNode;
        requireOwn(own, 0, NODE_ARITY, 0, lastNode, claimedRoot);
        requireValue(CHALLENGER_BOND);
        disputed.openGames++;
        uint256 seconds_ = CLOCK_SECONDS + MACHINE_SECONDS + 2 * workSeconds(lastNode + 1);
        Word word = PositionWord.start(lastNode, seconds_);
        bytes32 agreed = requests[disputed.request].initialRoot;
        emit Challenged(id, claim, msg.sender, word, agreed, claimedRoot, own);
        store(id, word, agreed, claimedRoot, CommitmentTree.root(own));
    }

    /// Answers a subdivision: the sender agrees with the start of a segment, and disagrees with its end.
    /// @param word of the stored position
    /// @param segment from 0
    /// @param values the opponent's commitment at the segment's end; that at its start, unless the segment is the
    /// first; for the first and the last segment, the agreed commitment at the interval's start and the sender's own
    /// at its end, else the hash of these two; the siblings, from the leaves up; and last the sender's own commitments
    /// at the segment's inner boundaries, ascending, and at its end
    function subdivide(
        ClaimId claim,
        address challenger,
        Word word,
        uint256 segment,
        bytes32[] calldata values
    ) external {
        GameId id = gameId(claim, challenger);
        (Word next, bytes32 agreed, bytes32 other, bytes32 root) =
            answer(id, claim, challenger, word, segment, values);
        store(id, next, agreed, other, root);
    }

    /// Answers a subdivision by a single instruction, and lets the arbiter execute it: what `subdivide` and
    /// `submitWitness` do, without storing the position between them.
    /// @param word of the stored position
    /// @param segment from 0
    /// @param values as in `subdivide`; of the sender's own commitments there is that at the instruction's end only
    /// @param witness opens the state before it (docs/image.md)
    function prove(
        ClaimId claim,
        address challenger,
        Word word,
        uint256 segment,
        bytes32[] calldata values,
        bytes calldata witness
    ) external {
        GameId id = gameId(claim, challenger);
        (Word next, bytes32 agreed, bytes32 other, bytes32 end) =
            answer(id, claim, challenger, word, segment, values);
        // The root over one commitment is that commitment.
        execute(id, claim, challenger, next, agreed, other, end, witness);
    }

    /// The position after a segment was picked, whose event is emitted.
    function answer(
        GameId id,
        ClaimId claim,
        address challenger,
        Word word,
        uint256 segment,
        bytes32[] calldata values
    ) private returns (Word next, bytes32 agreed, bytes32 other, bytes32 root) {
        bytes32 stored = requirePlayer(id, claim, challenger);
        uint256 count = segmentsOf(word);
        require(segment < count, SegmentOutOfRange());
        CommitmentTree.Opened memory opened = CommitmentTree.open(values, count, segment);
        requireStored(stored, id, word, opened.ends, opened.root);
        uint256 passed = requireTurn(word, challenger);
        Phase phase = requireSubdivisible(word);
        // An end is said once. Only after the machine was opened, the sender has not said any.
        if (segment + 1 == count && phase != Phases.MACHINE_OPENED && values.length > opened.taken) {
            require(values[values.length - 1] == opened.other, EndChanged());
        }
        uint256 low = Segments.boundary(word.low(), word.last(), count, segment);
        uint256 last = Segments.boundary(word.low(), word.last(), count, segment + 1) - 1;
        requireOwn(
            values,
            opened.taken,
            phase == Phases.NODES ? NODE_ARITY : INSTRUCTION_ARITY,
            low,
            last,
            opened.high
        );
        next = afterPick(word, passed, phase, low, last);
        (agreed, other) = (opened.low, opened.high);
        root = emitSubdivided(id, segment, next, agreed, other, values[opened.taken:]);
    }

    /// Opens the machine trace of the disputed node. The first machine state is computed here from the agreed root,
    /// and the last must contain the sender's own root: nothing else enters. The sender's end state also says how many
    /// instructions are disputed: it is either final or the state at 2^32, so it is the state at its own
    /// count and at all later ones.
    /// @param word of the stored position
    /// @param endState the sender's: lowerRoot ‖ upperRoot ‖ pc u64 ‖ count u64 ‖ status u8 ‖ x1 … x31 u64
    /// @param values the opponent's state root at the node's end; the agreed one at its start; the sender's own at its
    /// end; and last the sender's own machine state hashes at the inner boundaries of [0, count], ascending
    function openMachine(
        ClaimId claim,
        address challenger,
        Word word,
        bytes calldata endState,
        bytes32[] calldata values
    ) external {
        GameId id = gameId(claim, challenger);
        bytes32 stored = requirePlayer(id, claim, challenger);
        require(segmentsOf(word) == 1 && values.length >= 3, WrongOpening());
        (bytes32 agreed, bytes32 ownRoot) = (values[1], values[2]);
        requireStored(stored, id, word, CommitmentTree.pair(agreed, ownRoot), values[0]);
        uint256 passed = requireTurn(word, challenger);
        require(word.phase() == Phases.NODE, WrongPhase());
        uint256 last = requireEnd(endState, ownRoot) - 1;
        require(values.length - 2 == Segments.count(INSTRUCTION_ARITY, 0, last), WrongSubdivision());
        bytes32 first = NodeStates.firstHash(agreed, word.low(), claims[claim].singlePhase);
        Word next = word.next(
            passed, last == 0 ? Phases.INSTRUCTION_OPENED : Phases.MACHINE_OPENED, word.low(), 0, last
        );
        bytes32 root = emitMachineOpened(id, next, first, values[3:], NodeStates.hash(endState));
        // The other end is unsaid, which the phase tells, not the zero.
        store(id, next, first, bytes32(0), root);
    }

    /// Lets the arbiter execute the disputed instruction, which ends the game. Anybody may.
    /// @param word of the stored position
    /// @param agreed hash of the state before the instruction
    /// @param other what the player to move has said of the state after it; zero where that is unsaid
    /// @param end what the last mover said of the state after it
    /// @param witness opens the state before it (docs/image.md)
    function submitWitness(
        ClaimId claim,
        address challenger,
        Word word,
        bytes32 agreed,
        bytes32 other,
        bytes32 end,
        bytes calldata witness
    ) external {
        GameId id = gameId(claim, challenger);
        (bytes32 stored,) = requireOpen(id, claim);
        require(segmentsOf(word) == 1, WrongOpening());
        requireStored(stored, id, word, CommitmentTree.pair(agreed, other), end);
        requireTime(word);
        execute(id, claim, challenger, word, agreed, other, end, witness);
    }

    /// Executes the disputed instruction of a position, which ends the game.
    function execute(
        GameId id,
        ClaimId claim,
        address challenger,
        Word word,
        bytes32 agreed,
        bytes32 other,
        bytes32 end,
        bytes calldata witness
    ) private {
        Phase phase = word.phase();
        require(phase == Phases.INSTRUCTION || phase == Phases.INSTRUCTION_OPENED, WrongPhase());
        bytes32 result = MACHINE.step(agreed, witness);
        emit InstructionExecuted(id, word, agreed, other, end, result, msg.sender);
        (bool challengerWon, bool right) = (word.byChallenger(), true);
        if (result != end) {
            if (phase == Phases.INSTRUCTION_OPENED || result == other) {
                // A player who has not said its end has not said a false one either.
                challengerWon = !challengerWon;
            } else {
                // Neither was right: the claim is false either way.
                (challengerWon, right) = (true, false);
            }
        }
        finish(claim, challenger, id, word, challengerWon, right, EndReason.INSTRUCTION_EXECUTED);
    }

    /// Ends a game whose player to move has run out of time. Anybody may.
    /// @param word of the stored position
    /// @param ends keccak(agreed ‖ other) of the stored position
    /// @param root over the last mover's commitments
    function timeOut(ClaimId claim, address challenger, Word word, bytes32 ends, bytes32 root) external {
        GameId id = gameId(claim, challenger);
        (bytes32 stored,) = requireOpen(id, claim);
        requireStored(stored, id, word, ends, root);
        require(turnSeconds(word) > word.secondsToMove(), ClockRunning());
        finish(claim, challenger, id, word, word.byChallenger(), true, EndReason.TIME_OUT);
    }

    /// Ends a game whose claim was refuted in another. Its challenger did not lose, so it gets its bond and, up to the
    /// game's quota, what is due to it. Anybody may.
    /// @param word of the stored position
    /// @param ends keccak(agreed ‖ other) of the stored position
    /// @param root over the last mover's commitments
    function close(ClaimId claim, address challenger, Word word, bytes32 ends, bytes32 root) external {
        GameId id = gameId(claim, challenger);
        bytes32 stored = requireNotEnded(id);
        Claim storage disputed = claims[claim];
        require(disputed.status == ClaimStatus.REFUTED, StillUndecided());
        requireStored(stored, id, word, ends, root);
        games[id] = ENDED;
        disputed.openGames--;
        // What is left of its bond is one quota for each game.
        uint256 quota = disputed.bond;
        uint256 paid = LostBond.least(due(word.challengersMoves(), false), quota);
        credit(challenger, paid + CHALLENGER_BOND);
        emit Ended(id, EndReason.CLAIM_REFUTED, Winner.NOBODY, paid, CHALLENGER_BOND, quota - paid);
    }

    /// keccak(TAG_GAME ‖ u256 chain ‖ arbiter ‖ claim ‖ challenger), in free memory that is not allocated.
    function gameId(ClaimId claim, address challenger) private view returns (GameId id) {
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore8(preimage, TAG_GAME)
            mstore(add(preimage, 0x01), chainid())
            mstore(add(preimage, 0x21), shl(96, address()))
            mstore(add(preimage, 0x35), claim)
            mstore(add(preimage, 0x55), shl(96, challenger))
            id := keccak256(preimage, 0x69)
        }
    }

    /// keccak(TAG_POSITION ‖ game ‖ word ‖ ends ‖ root), in free memory that is not allocated.
    function positionHash(GameId id, Word word, bytes32 ends, bytes32 root)
        private
        pure
        returns (bytes32 hash)
    {
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore8(preimage, TAG_POSITION)
            mstore(add(preimage, 0x01), id)
            mstore(add(preimage, 0x21), word)
            mstore(add(preimage, 0x41), ends)
            mstore(add(preimage, 0x61), root)
            hash := keccak256(preimage, 0x81)
        }
    }

    /// Emits Subdivided, and computes the root over the mover's commitments. In assembly because both need a copy of
    /// them, and one is enough: it saves 1,300 gas a move.
    function emitSubdivided(
        GameId id,
        uint256 segment,
        Word word,
        bytes32 agreed,
        bytes32 other,
        bytes32[] calldata own
    ) private returns (bytes32) {
        bytes32 topic = Subdivided.selector;
        bytes32[] memory leaves;
        assembly ("memory-safe") {
            let data := mload(0x40)
            let size := shl(5, own.length)
            mstore(data, segment)
            mstore(add(data, 0x20), word)
            mstore(add(data, 0x40), agreed)
            mstore(add(data, 0x60), other)
            mstore(add(data, 0x80), 0xa0)
            // An array in the event's data looks like one in memory.
            leaves := add(data, 0xa0)
            mstore(leaves, own.length)
            calldatacopy(add(data, 0xc0), own.offset, size)
            size := add(size, 0xc0)
            log2(data, size, topic, id)
            mstore(0x40, add(data, size))
        }
        return CommitmentTree.root(leaves);
    }

    /// Emits MachineOpened, and computes the root over the mover's commitments, for the same reason.
    function emitMachineOpened(GameId id, Word word, bytes32 agreed, bytes32[] calldata interior, bytes32 end)
        private
        returns (bytes32)
    {
        bytes32 topic = MachineOpened.selector;
        bytes32[] memory leaves;
        assembly ("memory-safe") {
            let data := mload(0x40)
            let size := shl(5, interior.length)
            mstore(data, word)
            mstore(add(data, 0x20), agreed)
            mstore(add(data, 0x40), 0x60)
            leaves := add(data, 0x60)
            mstore(leaves, add(interior.length, 1))
            calldatacopy(add(data, 0x80), interior.offset, size)
            mstore(add(add(data, 0x80), size), end)
            size := add(size, 0xa0)
            log2(data, size, topic, id)
            mstore(0x40, add(data, size))
        }
        return CommitmentTree.root(leaves);
    }

    /// Stores a game's position.
    function store(GameId id, Word word, bytes32 agreed, bytes32 other, bytes32 root) private {
        games[id] = positionHash(id, word, CommitmentTree.pair(agreed, other), root);
    }

    /// Number of segments of a position.
    function segmentsOf(Word word) private view returns (uint256) {
        return Segments.count(
            word.phase() != Phases.NODES ? INSTRUCTION_ARITY : NODE_ARITY, word.low(), word.last()
        );
    }

    /// Word after a segment was picked.
    function afterPick(Word word, uint256 passed, Phase phase, uint256 low, uint256 last)
        private
        view
        returns (Word)
    {
        uint256 node = word.node();
        if (phase != Phases.NODES) {
            phase = low == last ? Phases.INSTRUCTION : Phases.MACHINE;
        } else if (low == last) {
            (phase, node) = (Phases.NODE, low);
        }
        return word.next(passed, phase, node, low, last);
    }

    function requireNotEnded(GameId id) private view returns (bytes32 stored) {
        stored = games[id];
        require(stored != NO_GAME, UnknownGame());
        require(stored != ENDED, GameOver());
    }

    function requireOpen(GameId id, ClaimId claim) private view returns (bytes32 stored, address proposer) {
        stored = requireNotEnded(id);
        Claim storage disputed = claims[claim];
        ClaimStatus status;
        (proposer, status) = (disputed.proposer, disputed.status);
        require(status != ClaimStatus.REFUTED, ClaimRefutedElsewhere());
    }

    function requirePlayer(GameId id, ClaimId claim, address challenger)
        private
        view
        returns (bytes32 stored)
    {
        address proposer;
        (stored, proposer) = requireOpen(id, claim);
        require(msg.sender == proposer || msg.sender == challenger, NotYours());
    }

    /// From here on the word is one that this arbiter has made.
    function requireStored(bytes32 stored, GameId id, Word word, bytes32 ends, bytes32 root) private pure {
        require(positionHash(id, word, ends, root) == stored, StalePosition());
    }

    /// Seconds that the clock of the player to move has run.
    function turnSeconds(Word word) private view returns (uint256) {
        return elapsed(word.turnTime(), word.turnBlock());
    }

    function requireTime(Word word) private view returns (uint256 passed) {
        passed = turnSeconds(word);
        require(passed <= word.secondsToMove(), ClockExpired());
    }

    /// Of the two players, only one is to move. They are two, because nobody challenges their own claim.
    function requireTurn(Word word, address challenger) private view returns (uint256 passed) {
        passed = requireTime(word);
        require((msg.sender == challenger) != word.byChallenger(), NotYourTurn());
    }

    function requireSubdivisible(Word word) private pure returns (Phase phase) {
        phase = word.phase();
        require(
            phase == Phases.NODES || phase == Phases.MACHINE || phase == Phases.MACHINE_OPENED, WrongPhase()
        );
    }

    /// Checks the mover's own commitments: the end is disputed, and there are as many as the interval has segments.
    /// @param from index of the first of them
    function requireOwn(
        bytes32[] calldata values,
        uint256 from,
        uint256 arity,
        uint256 low,
        uint256 last,
        bytes32 opponents
    ) private pure {
        unchecked {
            // No opening takes more values than there are.
            uint256 own = values.length - from;
            require(own == 0 || values[values.length - 1] != opponents, NothingDisputed());
            require(own == Segments.count(arity, low, last), WrongSubdivision());
        }
    }

    /// @return steps instructions that are disputed
    function requireEnd(bytes calldata state, bytes32 root) private pure returns (uint256 steps) {
        require(state.length == NodeStates.LENGTH, WrongEndState());
        require(NodeStates.lowerRoot(state) == root, WrongEndState());
        steps = NodeStates.count(state);
        uint256 status = NodeStates.status(state);
        require(status <= NodeStates.FAULTED, WrongEndState());
        require(steps >= (status == NodeStates.RUNNING ? MOST_INSTRUCTIONS : 1), WrongEndState());
        require(steps <= MOST_INSTRUCTIONS, WrongEndState());
    }

    /// What is due to a player when its game ends.
    /// @param moves of this player, the witness not among them
    function due(uint256 moves, bool byWitness) private view returns (uint256) {
        return moves * MOVE_REWARD + END_REWARD + (byWitness ? WITNESS_REWARD : 0);
    }

    /// Ends a game that somebody won.
    /// @param challengerWon else the proposer did
    /// @param right whether the winner told the truth; a challenger who did not gets no reward
    function finish(
        ClaimId claim,
        address challenger,
        GameId id,
        Word word,
        bool challengerWon,
        bool right,
        EndReason reason
    ) private {
        games[id] = ENDED;
        Claim storage disputed = claims[claim];
        uint256 others = --disputed.openGames;
        uint256 moves = challengerWon ? word.challengersMoves() : word.proposersMoves();
        uint256 owed = due(moves, reason == EndReason.INSTRUCTION_EXECUTED) + BOUNTY;
        if (challengerWon) {
            (uint256 reward, uint256 quota, uint256 lost) =
                LostBond.ofClaim(disputed.bond, BURN_BASIS_POINTS, owed, right, others);
            credit(challenger, reward + CHALLENGER_BOND);
            emit Ended(id, reason, Winner.CHALLENGER, reward, CHALLENGER_BOND, 0);
            refuted(claim, disputed, quota, lost);
        } else {
            (uint256 reward, uint256 lost) = LostBond.ofChallenge(CHALLENGER_BOND, BURN_BASIS_POINTS, owed);
            credit(disputed.proposer, reward);
            emit Ended(id, reason, Winner.PROPOSER, reward, 0, lost);
        }
    }
}
