package dev.opml.dispute.game;

import dev.opml.api.MachineStateHash;

/**
 * Finding of the arbiter when it executed the disputed instruction.
 *
 * @param winner the challenger, too, if neither player was right: the claim is false either way
 * @param winnerWasRight whether the winner gave the state that the arbiter computed; if not, its
 *     reward is burnt
 * @param result hash of the state after the instruction
 */
public record Verdict(Side winner, boolean winnerWasRight, MachineStateHash result) {}
