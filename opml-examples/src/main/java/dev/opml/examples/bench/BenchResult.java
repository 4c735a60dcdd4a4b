package dev.opml.examples.bench;

import java.util.OptionalDouble;

/**
 * What a test measured.
 *
 * @param test what was timed
 * @param tokensPerSecond a figure for each repetition
 * @param timeOfGenerating for {@link TestKind#VERIFY}, the median time of checking as a part of the
 *     median time of generating, final root included in both; else empty
 */
public record BenchResult(
    BenchTest test, Samples tokensPerSecond, OptionalDouble timeOfGenerating) {}
