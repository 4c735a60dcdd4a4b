// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    ModelId,
    RequestId,
    ClaimId,
    GameId,
    Parameters,
    Program,
    RequestStatus,
    ClaimStatus
} from "./Types.sol";
import {IArbiter} from "./IArbiter.sol";
import {IImageRules} from "./IImageRules.sol";
import {IMachine} from "./IMachine.sol";
import {ParameterRules} from "./ParameterRules.sol";

/// The common ground of the arbiter's parts: parameters, storage, time and money. Nothing here has an owner, loops over
/// players, or calls anybody but the two pure contracts.
abstract contract Ground is IArbiter {
    /// What is stored of a request.
    struct Request {
        /// S_0.
        bytes32 initialRoot;
        // A word: what changes with each claim
        RequestStatus status;
        bool singlePhase;
        bool feeGone;
        uint24 maxNewTokens;
        uint32 vocabularySize;
        /// N - 1, because 2^40 does not fit 40 bits.
        uint40 lastNode;
        /// How many claims there have been: their numbers begin with 1.
        uint32 sealedClaims;
        /// The ends of the list of undecided claims, in the order of their seals; 0: none.
        uint32 firstAlive;
        uint32 lastAlive;
        /// Number of the claim that the fee goes to, so far; 0: none is final.
        uint32 payeeNumber;
        // A word: what else a seal reads
        uint96 bond;
        uint32 challengeWindow;
        /// The block in which the time for sealing began, and how long it is.
        uint40 sealingTime;
        uint40 sealingBlock;
        uint32 sealingSeconds;
        // A word
        uint96 fee;
        address requester;
        // A word each
        address consumer;
        /// The claim with the payee's number.
        ClaimId payee;
        /// Of each undecided claim, by its number: the number before it in the list, shifted left by 32 bits, and the
        /// one after it; 0: none. Four in a word, so that rivals share words. It reads 0 for the only claim of a list.
        uint64[4294967296] links;
    }

    /// What is stored of a claim.
    struct Claim {
        // A word, the only one that a move reads
        address proposer;
        ClaimStatus status;
        bool singlePhase;
        /// Place in the order of the request's seals, from 1.
        uint32 number;
        uint32 openGames;
        // A word
        /// Bond of the proposer. Of a refuted claim: the most that each open game gets when it is closed, which is
        /// less, and what the bond was no longer matters.
        uint96 bond;
        uint40 lastNode;
        uint32 challengeWindow;
        /// The block of the seal, and then that of the reveal.
        uint40 sinceTime;
        uint40 sinceBlock;
        // A word each
        RequestId request;
        bytes32 outputRoot;
        /// S_N, once it is revealed.
        bytes32 finalRoot;
    }

    uint8 internal constant TAG_SEAL = 2;
    uint8 internal constant TAG_CLAIM = 3;
    uint8 internal constant TAG_GAME = 4;
    uint8 internal constant TAG_POSITION = 5;

    uint256 internal constant BASIS_POINTS = 10_000;
    uint256 internal constant MICROS_PER_SECOND = 1_000_000;
    uint256 internal constant MOST_TIMES_LEAST_BOND = 10;

    /// Executes the disputed instruction.
    IMachine public immutable MACHINE;
    /// Knows how images, requests and answers look.
    IImageRules public immutable RULES;

    uint256 internal immutable NODE_ARITY;
    uint256 internal immutable INSTRUCTION_ARITY;
    uint256 internal immutable CLOCK_SECONDS;
    uint256 internal immutable MACHINE_SECONDS;
    uint256 internal immutable SECONDS_PER_MOVE;
    uint256 internal immutable REVEAL_DELAY;
    uint256 internal immutable REVEAL_WINDOW;
    uint256 internal immutable CHALLENGE_WINDOW;
    uint256 internal immutable SEALING_WINDOW;
    uint256 internal immutable LONGEST_CHALLENGE_WINDOW;
    uint256 internal immutable LONGEST_SEALING_WINDOW;
    uint256 internal immutable CLAIM_BOND;
    uint256 internal immutable CLAIM_BOND_PER_NODE;
    uint256 internal immutable CHALLENGER_BOND;
    uint256 internal immutable BOUNTY;
    uint256 internal immutable BURN_BASIS_POINTS;
    uint256 internal immutable MOVE_REWARD;
    uint256 internal immutable END_REWARD;
    uint256 internal immutable WITNESS_REWARD;
    uint256 internal immutable COVERED_GAMES;
    uint256 internal immutable NODE_MICROS;
    uint256 internal immutable LONGEST_SECONDS;
    uint256 internal immutable BLOCK_SECONDS;

    /// Guest programs that may be registered; written by the constructor only.
    Program[] private programList;

    /// Of a registered model: what a request has to repeat, hashed.
    mapping(ModelId => bytes32) public models;
    mapping(RequestId => Request) public requests;
    mapping(ClaimId => Claim) public claims;
    /// The hash of a game's position; 0: there is no such game; 1: it has ended.
    mapping(GameId => bytes32) public games;
    /// What an account can withdraw.
    mapping(address => uint256) public credits;

    constructor(Parameters memory p, Program[] memory programs_, IMachine machine, IImageRules rules) {
        ParameterRules.check(p);
        MACHINE = machine;
        RULES = rules;
        NODE_ARITY = p.nodeArity;
        INSTRUCTION_ARITY = p.instructionArity;
        CLOCK_SECONDS = p.clockSeconds;
        MACHINE_SECONDS = p.machineSeconds;
        SECONDS_PER_MOVE = p.secondsPerMove;
        REVEAL_DELAY = p.revealDelay;
        REVEAL_WINDOW = p.revealWindow;
        CHALLENGE_WINDOW = p.challengeWindow;
        SEALING_WINDOW = p.sealingWindow;
        LONGEST_CHALLENGE_WINDOW = p.longestChallengeWindow;
        LONGEST_SEALING_WINDOW = p.longestSealingWindow;
        CLAIM_BOND = p.claimBond;
        CLAIM_BOND_PER_NODE = p.claimBondPerNode;
        CHALLENGER_BOND = p.challengerBond;
        BOUNTY = p.bounty;
        BURN_BASIS_POINTS = p.burnBasisPoints;
        MOVE_REWARD = p.moveReward;
        END_REWARD = p.endReward;
        WITNESS_REWARD = p.witnessReward;
        COVERED_GAMES = p.coveredGames;
        NODE_MICROS = p.nodeMicros;
        LONGEST_SECONDS = p.longestSeconds;
        BLOCK_SECONDS = p.blockSeconds;
        for (uint256 i = 0; i < programs_.length; i++) {
            programList.push(programs_[i]);
        }
    }

    /// The parameters, which never change.
    function parameters() external view returns (Parameters memory) {
        return Parameters({
            nodeArity: NODE_ARITY,
            instructionArity: INSTRUCTION_ARITY,
            clockSeconds: CLOCK_SECONDS,
            machineSeconds: MACHINE_SECONDS,
            secondsPerMove: SECONDS_PER_MOVE,
            revealDelay: REVEAL_DELAY,
            revealWindow: REVEAL_WINDOW,
            challengeWindow: CHALLENGE_WINDOW,
            sealingWindow: SEALING_WINDOW,
            longestChallengeWindow: LONGEST_CHALLENGE_WINDOW,
            longestSealingWindow: LONGEST_SEALING_WINDOW,
            claimBond: CLAIM_BOND,
            claimBondPerNode: CLAIM_BOND_PER_NODE,
            challengerBond: CHALLENGER_BOND,
            bounty: BOUNTY,
            burnBasisPoints: BURN_BASIS_POINTS,
            moveReward: MOVE_REWARD,
            endReward: END_REWARD,
            witnessReward: WITNESS_REWARD,
            coveredGames: COVERED_GAMES,
            nodeMicros: NODE_MICROS,
            longestSeconds: LONGEST_SECONDS,
            blockSeconds: BLOCK_SECONDS
        });
    }

    /// The guest programs that may be registered, which never change.
    function programs() public view returns (Program[] memory) {
        return programList;
    }

    /// Seconds from a block to this one: no more than the blocks between them stand for, because nobody can move while
    /// the chain stands still.
    function elapsed(uint256 time, uint256 number) internal view returns (uint256) {
        unchecked {
            // Neither goes back, and both are below 2^40.
            uint256 passed = block.timestamp - time;
            uint256 stoodFor = (block.number - number) * BLOCK_SECONDS;
            return passed < stoodFor ? passed : stoodFor;
        }
    }

    /// Seconds for one run of a request: ⌈N · p / 10^6⌉.
    function workSeconds(uint256 traceLength) internal view returns (uint256) {
        unchecked {
            // Below 2^40 · 10^6.
            return (traceLength * NODE_MICROS + (MICROS_PER_SECOND - 1)) / MICROS_PER_SECOND;
        }
    }

    /// Lets an account withdraw money that the arbiter holds.
    function credit(address account, uint256 amount) internal {
        credits[account] += amount;
    }

    /// Takes a fee or bond, which a transaction brings exactly.
    function requireValue(uint256 amount) internal view {
        require(msg.value == amount, InsufficientFunds());
    }

    /// Pays the sender what it can withdraw; 0 is not an error.
    function withdraw() external {
        uint256 amount = credits[msg.sender];
        // Without an event: they would be so cheap that a block of them is more than a client reads.
        if (amount == 0) return;
        credits[msg.sender] = 0;
        emit Withdrawn(msg.sender, amount);
        (bool accepted,) = msg.sender.call{value: amount}("");
        require(accepted, WithdrawalRefused());
    }
}
