/**
 * Models made of random numbers, of any shape and weight format: as large as real ones, free to
 * pass on, and the same for everybody who asks for the same seed. Their speed is that of a trained
 * model; their text is nonsense.
 */
@NullMarked
package dev.opml.benchmarks.synthetic;

import org.jspecify.annotations.NullMarked;
