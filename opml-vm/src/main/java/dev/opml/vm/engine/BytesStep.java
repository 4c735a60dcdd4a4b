package dev.opml.vm.engine;

import dev.opml.vm.graph.Bytes;
import dev.opml.vm.kernel.Kernels;

/** BYTES: the bytes of the request, as numbers. */
final class BytesStep implements Step {
  private final Kernels kernels;
  private final Bytes bytes;
  private final Buffer out;

  BytesStep(Kernels kernels, Bytes bytes, Buffers buffers) {
    this.kernels = kernels;
    this.bytes = bytes;
    out = buffers.at(bytes.out());
  }

  @Override
  public void run(Batch batch) {
    float[] data = batch.workspace.data(out);
    batch.forSlots((worker, slot) -> {
      int at = slot * out.stride();
      for (int i = 0; i < bytes.n(); i++) {
        data[at + i] = batch.tokens.inputByte(i);
      }
      Elements.scale(data, at, bytes.n(), bytes.scale());
      kernels.canonicalize(data, at, bytes.n());
    });
    batch.written(out, 0, bytes.n());
  }
}
