package dev.opml.vm.kernel.loop;

import dev.opml.vm.kernel.FileMatrix;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import dev.opml.vm.kernel.scalar.ScalarKernels;
import dev.opml.vm.kernel.tile.TileLayout;
import dev.opml.vm.kernel.tile.TiledMatrix;
import java.lang.foreign.MemorySegment;

/**
 * Kernels for any JVM: matrices in tiles ({@link TileLayout}), which plain loops multiply that C2
 * compiles to vector instructions.
 */
public class LoopKernels extends ScalarKernels {
  /** The kernels. */
  public static final Kernels INSTANCE = new LoopKernels();

  /** For kernels that multiply tiles in another way. */
  protected LoopKernels() {}

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public final String layout() {
    return TileLayout.NAME;
  }

  @Override
  public final long packedBytes(FileMatrix matrix) {
    return isTiled(matrix) ? TiledMatrix.bytes(matrix) : 0;
  }

  /** Whether a matrix has enough rows: few would be mostly padding, many times the file's size. */
  private static boolean isTiled(FileMatrix matrix) {
    return matrix.rows() >= TileLayout.ROWS / 2;
  }

  @Override
  public final int packedParts(FileMatrix matrix) {
    return isTiled(matrix) ? TiledMatrix.tiles(matrix) : 0;
  }

  @Override
  public final void pack(FileMatrix matrix, int part, MemorySegment packed) {
    TiledMatrix.pack(matrix, part, packed);
  }

  @Override
  public final WeightMatrix matrix(FileMatrix matrix, MemorySegment packed) {
    return isTiled(matrix) ? tiled(matrix, packed) : super.matrix(matrix, packed);
  }

  /** A matrix that is packed into tiles. */
  protected WeightMatrix tiled(FileMatrix matrix, MemorySegment packed) {
    return new LoopMatrix(matrix, packed);
  }
}
