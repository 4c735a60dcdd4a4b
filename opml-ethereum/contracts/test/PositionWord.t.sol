// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Word} from "../src/Types.sol";
import {Phase, Phases, PositionWord} from "../src/PositionWord.sol";
import {Segments} from "../src/Segments.sol";
import {GamesFixture} from "./GamesFixture.sol";

/// Words and intervals, against the layout of docs/protocol.md.
contract PositionWordTest is GamesFixture {
    using PositionWord for Word;

    function test_fields_ofRandomWords_areThoseThatWerePacked(Position memory position) public pure {
        position.phase %= 16;
        position.moves %= 2 ** 8;
        position.node %= 2 ** 40;
        position.low %= 2 ** 40;
        position.high = position.high % 2 ** 40 + 1;
        position.proposerSeconds %= 2 ** 27;
        position.challengerSeconds %= 2 ** 27;
        position.time %= 2 ** 34;
        position.number %= 2 ** 36;
        Word word = wordOf(position);
        assertEq(Phase.unwrap(word.phase()), position.phase, "phase");
        assertEq(word.moves(), position.moves, "moves");
        assertEq(word.node(), position.node, "node");
        assertEq(word.low(), position.low, "low");
        assertEq(word.last(), position.high - 1, "last");
        assertEq(word.turnTime(), position.time, "time");
        assertEq(word.turnBlock(), position.number, "number");
        bool odd = position.moves % 2 == 1;
        assertTrue(word.byChallenger() == odd, "mover");
        assertEq(word.secondsToMove(), odd ? position.proposerSeconds : position.challengerSeconds, "seconds");
        assertEq(word.challengersMoves(), (position.moves + 1) / 2, "challenger's moves");
        assertEq(word.proposersMoves(), position.moves / 2, "proposer's moves");
    }

    function test_next_ofRandomWords_changesWhatItShould(
        Position memory position,
        uint256 passed,
        uint40 low,
        uint40 last
    ) public {
        vm.warp(position.time % 2 ** 34);
        vm.roll(position.number % 2 ** 36);
        position.phase = 2;
        position.moves = position.moves % 75 + 1;
        position.node %= 2 ** 40;
        position.low = 0;
        position.high = 2;
        position.proposerSeconds %= 2 ** 27;
        position.challengerSeconds %= 2 ** 27;
        position.time = 1;
        position.number = 1;
        bool odd = position.moves % 2 == 1;
        passed %= (odd ? position.proposerSeconds : position.challengerSeconds) + 1;
        Word word = wordOf(position).next(passed, Phases.MACHINE, position.node, low, last);
        position.phase = MACHINE;
        position.moves++;
        position.low = low;
        position.high = uint256(last) + 1;
        if (odd) {
            position.proposerSeconds -= passed;
        } else {
            position.challengerSeconds -= passed;
        }
        position.time = block.timestamp;
        position.number = block.number;
        assertEq(Word.unwrap(word), Word.unwrap(wordOf(position)), "word");
    }

    function test_start_ofTraces_isNodesOrNode(uint40 last, uint256 secondsEach) public {
        vm.warp(2 ** 34 - 1);
        vm.roll(2 ** 36 - 1);
        secondsEach %= 2 ** 27;
        Position memory position;
        for (uint256 i = 0; i < 3; i++) {
            uint256 lastNode = i == 0 ? 0 : i == 1 ? 1 : last;
            position.phase = lastNode == 0 ? NODE : NODES;
            position.moves = 1;
            position.high = lastNode + 1;
            position.proposerSeconds = secondsEach;
            position.challengerSeconds = secondsEach;
            position.time = 2 ** 34 - 1;
            position.number = 2 ** 36 - 1;
            assertEq(
                Word.unwrap(PositionWord.start(lastNode, secondsEach)), Word.unwrap(wordOf(position)), "word"
            );
        }
    }

    function test_everyFunction_ofAnyWord_doesNotRevert(uint256 any, uint256 passed) public view {
        Word word = Word.wrap(any);
        word.secondsToMove();
        word.challengersMoves();
        word.proposersMoves();
        word.next(passed, word.phase(), word.node(), word.low(), word.last());
        uint256 segments = Segments.count(16, word.low(), word.last());
        assertTrue(segments >= 1 && segments <= 16, "segments");
        Segments.boundary(word.low(), word.last(), segments, segments);
    }

    function test_count_ofNoInterval_isTheArity() public pure {
        assertEq(Segments.count(12, 5, 4), 12, "size 0");
        assertEq(Segments.count(12, 2 ** 40 - 1, 0), 12, "size below 0");
    }

    function test_boundary_ofAnyInterval_dividesEvenly(uint40 a, uint40 b, uint256 arity) public pure {
        (uint256 low, uint256 last) = a < b ? (a, b) : (b, a);
        arity = arity % 63 + 2;
        uint256 size = last - low + 1;
        uint256 m = Segments.count(arity, low, last);
        assertEq(m, size < arity ? size : arity, "count");
        for (uint256 i = 0; i <= m; i++) {
            assertEq(Segments.boundary(low, last, m, i), low + size * i / m, "boundary");
        }
    }
}
