package dev.opml.vm.kernel;

/** A form of quantized vectors that some kernels read, beside their scales and sums. */
enum ActivationForm {
  /** {@link QuantizedVectors#pairs}. */
  PAIRS,

  /** {@link QuantizedVectors#pairs} and {@link QuantizedVectors#byteBiases}. */
  BIASED_PAIRS,

  /** {@link QuantizedVectors#chains}. */
  CHAINS,

  /** {@link QuantizedVectors#floats}. */
  FLOATS
}
