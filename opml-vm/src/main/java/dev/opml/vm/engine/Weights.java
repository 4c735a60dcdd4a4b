package dev.opml.vm.engine;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.MatrixOperation;
import dev.opml.vm.graph.Weight;
import dev.opml.vm.kernel.FileMatrix;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.WeightMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** The weights that a node table names. Slices of one matrix share one packed copy. */
final class Weights {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long ALIGNMENT = 64;

  private final MemorySegment model;
  private final List<Place> places;
  private final MemorySegment packed;
  private final Map<Weight, WeightMatrix> matrices = new HashMap<>();

  /** A matrix with the place of its packed bytes. */
  private record Place(Weight weight, FileMatrix matrix, long offset, long bytes) {
    MemorySegment in(MemorySegment packed) {
      return packed.asSlice(offset, bytes);
    }
  }

  /** A part of a matrix to pack. */
  private record Part(Place place, int number) {}

  /**
   * Packs the matrices of a node table, or finds them packed.
   *
   * @param kernels what multiplies
   * @param model the model region's bytes, from its base
   * @param rows the node table
   * @param store where packed matrices live
   * @param arena owns them
   * @param team threads that pack
   * @param progress told the number of packed bytes so far, on the calling thread
   */
  Weights(
      Kernels kernels,
      MemorySegment model,
      List<GraphRow> rows,
      WeightStore store,
      Arena arena,
      Team team,
      LongConsumer progress) {
    this.model = model;
    places = places(kernels, matricesOf(rows));
    long size = places.isEmpty() ? 0 : places.getLast().offset() + places.getLast().bytes();
    packed =
        size == 0
            ? MemorySegment.NULL
            : store.packed(
                kernels.layout(), size, to -> pack(kernels, places, to, team, progress), arena);
    makeMatrices(kernels);
  }

  /**
   * The same weights for other kernels, which read what was packed.
   *
   * @param kernels what multiplies, of the same layout
   */
  Weights(Kernels kernels, Weights packedOnes) {
    model = packedOnes.model;
    places = packedOnes.places;
    packed = packedOnes.packed;
    makeMatrices(kernels);
  }

  private void makeMatrices(Kernels kernels) {
    for (Place place : places) {
      matrices.put(place.weight(), kernels.matrix(place.matrix(), place.in(packed)));
    }
  }

  /** Elements of all matrices: multiplications in a position, about. */
  long elements() {
    return places.stream()
        .map(Place::matrix)
        .mapToLong(matrix -> (long) matrix.rows() * matrix.columns())
        .sum();
  }

  /** Every matrix of the table with as many rows as are used, in the order of the file. */
  private List<Map.Entry<Weight, FileMatrix>> matricesOf(List<GraphRow> rows) {
    Map<Weight, FileMatrix> result = new HashMap<>();
    for (GraphRow row : rows) {
      if (row.operation() instanceof MatrixOperation operation) {
        for (Weight weight : operation.matrices()) {
          result.merge(weight, file(weight, operation.rowEnd(), operation.n()), Weights::larger);
        }
      }
    }
    List<Map.Entry<Weight, FileMatrix>> sorted = new ArrayList<>(result.entrySet());
    sorted.sort(Comparator.comparingLong(entry -> entry.getKey().address()));
    return sorted;
  }

  private static FileMatrix larger(FileMatrix a, FileMatrix b) {
    if (a.columns() != b.columns()) {
      throw new IllegalArgumentException(
          "one matrix has rows of %d and of %d elements".formatted(a.columns(), b.columns()));
    }
    return a.rows() > b.rows() ? a : b;
  }

  /**
   * The rows of a matrix as the model has them.
   *
   * @throws IllegalArgumentException if they leave the model, or begin where the guest cannot read
   *     words
   */
  FileMatrix file(Weight weight, int rows, int columns) {
    requireAligned(weight.address(), Long.BYTES);
    return new FileMatrix(weight.type(), bytes(weight.address()), rows, columns);
  }

  private static void requireAligned(long address, int alignment) {
    if (address % alignment != 0) {
      throw new IllegalArgumentException(
          "weights at 0x%x, which is no multiple of %d".formatted(address, alignment));
    }
  }

  private static List<Place> places(Kernels kernels, List<Map.Entry<Weight, FileMatrix>> matrices) {
    List<Place> places = new ArrayList<>();
    long offset = 0;
    for (Map.Entry<Weight, FileMatrix> entry : matrices) {
      long bytes = kernels.packedBytes(entry.getValue());
      places.add(new Place(entry.getKey(), entry.getValue(), offset, bytes));
      offset = Math.addExact(offset, (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    }
    return places;
  }

  private static void pack(
      Kernels kernels, List<Place> places, MemorySegment packed, Team team, LongConsumer progress) {
    List<Part> parts = new ArrayList<>();
    for (Place place : places) {
      for (int part = 0; part < kernels.packedParts(place.matrix()); part++) {
        parts.add(new Part(place, part));
      }
    }
    AtomicLong done = new AtomicLong();
    team.run(
        parts.size(),
        (worker, i) -> {
          Place place = parts.get(i).place();
          kernels.pack(place.matrix(), parts.get(i).number(), place.in(packed));
          long share = place.bytes() / kernels.packedParts(place.matrix());
          long sum = done.addAndGet(share);
          if (worker == 0) { // the caller: listeners hear from one thread only
            progress.accept(sum);
          }
        });
  }

  /**
   * A matrix of the table.
   *
   * @throws NullPointerException if no row multiplies with it
   */
  WeightMatrix matrix(Weight weight) {
    return Objects.requireNonNull(matrices.get(weight));
  }

  /** The F32 vector of {@code n} elements at an address. */
  float[] vector(long address, int n) {
    requireAligned(address, Float.BYTES);
    float[] values = new float[n];
    MemorySegment.copy(bytes(address), FLOAT, 0, values, 0, n);
    return values;
  }

  /** The model from an address on. */
  private MemorySegment bytes(long address) {
    return model.asSlice(address - MemoryRegion.MODEL.base());
  }
}
