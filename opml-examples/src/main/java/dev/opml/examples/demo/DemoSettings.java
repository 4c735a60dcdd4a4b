package dev.opml.examples.demo;

import dev.opml.dispute.game.Arity;
import dev.opml.dispute.game.Side;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Settings of a demonstration.
 *
 * @param cheat what the liar lies about
 * @param liar who lies
 * @param seed where the lie is
 * @param prompt text to continue
 * @param tokens tokens to generate, at least 1
 * @param arity segments a move; empty for those of the standard parameters
 * @param anvil program of a chain on this machine to play on; empty to play in this process
 */
public record DemoSettings(
    Cheat cheat,
    Side liar,
    long seed,
    String prompt,
    int tokens,
    Optional<Arity> arity,
    Optional<Path> anvil) {}
