package dev.opml.examples.bench;

import java.util.OptionalDouble;

/**
 * What a test measured.
 *
 * @param test what was timed
 * @param tokensPerSecond a figure for each repetition
 * @param timeOfGenerating for {@link TestKind#VERIFY} and {@link TestKind#TRACE}, their median time
 *     divided by the median time of generating the same, final root included; else empty
 */
public record BenchResult(
    BenchTest test, Samples tokensPerSecond, OptionalDouble timeOfGenerating) {}
