package dev.opml.vm.kernel;

/** A form of quantized vectors that some kernels read, beside scales, and sums and biases of 32. */
enum ActivationForm {
  /** {@link QuantizedVectors#pairs}. */
  PAIRS,

  /** {@link QuantizedVectors#biases} of 16 and of 8 numbers. */
  PART_BIASES,

  /** {@link QuantizedVectors#byteBiases}; needs {@link #PAIRS}. Not in a batch. */
  BYTE_BIASES,

  /** {@link QuantizedVectors#chains}. Not in a batch. */
  CHAINS,

  /** {@link QuantizedVectors#floats}. */
  FLOATS
}
