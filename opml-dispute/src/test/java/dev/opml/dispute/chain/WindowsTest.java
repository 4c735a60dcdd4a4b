package dev.opml.dispute.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.dispute.Block;
import dev.opml.dispute.Wei;
import org.junit.jupiter.api.Test;

class WindowsTest {
  private static final Block START = new Block(100, 5_000);

  /** 1,000,001 nodes of 10 µs: eleven seconds, since part of one counts as one. */
  @Test
  void windows_ofARequest_growWithItsWork() {
    Windows windows = new Windows(new WindowRules(1, 20, 300, 4000), new WorkRules(10, 3600), 60);
    assertEquals(4000 + 2 * 11, windows.leastSealing(1_000_001));
    assertEquals(300 + 3 * 11, windows.leastChallenge(1_000_001));
    assertEquals(new Window(START, 1, 60), windows.revealDelay(START));
    assertEquals(new Window(START, 1 + 20 + 11, 60), windows.reveal(START, 1_000_001));
    assertEquals(new Window(START, 77, 60), windows.sealing(START, 5_077));
    FinalityPolicy policy = new FinalityPolicy(444, Wei.ZERO);
    assertEquals(new Window(START, 444, 60), windows.challenge(START, policy));
  }

  @Test
  void window_lastSecond_countsAndTheNextDoesNot() {
    Window window = new Window(START, 120, 12);
    Block last = new Block(110, 5_120);
    assertEquals(0, window.secondsLeft(last));
    assertTrue(window.hasPassed(last));
    assertFalse(window.isOver(last));
    assertTrue(window.isOver(new Block(111, 5_121)));
    assertFalse(window.hasPassed(new Block(110, 5_119)));
    assertEquals(5_120, window.deadline());
  }

  /** Ten blocks of twelve seconds at most: 120 have passed, however late the tenth is. */
  @Test
  void window_chainThatStandsStill_doesNotEnd() {
    Window window = new Window(START, 120, 12);
    assertFalse(window.isOver(new Block(110, 9_999_999)));
    assertTrue(window.isOver(new Block(111, 9_999_999)));
  }
}
