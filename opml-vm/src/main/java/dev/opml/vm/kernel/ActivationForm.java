package dev.opml.vm.kernel;

/** A form of quantized vectors that some kernels read, beside their scales, sums and biases. */
enum ActivationForm {
  /** {@link QuantizedVectors#pairs}. */
  PAIRS,

  /** {@link QuantizedVectors#byteBiases}; needs {@link #PAIRS}. Not in a batch. */
  BYTE_BIASES,

  /** {@link QuantizedVectors#chains}. Not in a batch. */
  CHAINS,

  /** {@link QuantizedVectors#floats}. */
  FLOATS
}
