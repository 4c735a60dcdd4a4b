package dev.opml.benchmarks.sidebyside;

/**
 * What one process measured.
 *
 * @param prefill prompt tokens a second, the median of the process's repetitions
 * @param generating generated tokens a second, likewise
 */
record Speeds(double prefill, double generating) {}
