package dev.opml.examples.demo;

import dev.opml.dispute.game.Side;

/**
 * Settings of a demonstration.
 *
 * @param cheat what the liar lies about
 * @param liar who lies
 * @param seed where the lie is
 * @param prompt text to continue
 * @param tokens tokens to generate, at least 1
 */
public record DemoSettings(Cheat cheat, Side liar, long seed, String prompt, int tokens) {}
