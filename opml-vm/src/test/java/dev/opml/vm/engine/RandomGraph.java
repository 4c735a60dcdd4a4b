package dev.opml.vm.engine;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.graph.Activation;
import dev.opml.vm.graph.Attention;
import dev.opml.vm.graph.Bytes;
import dev.opml.vm.graph.Embed;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Heads;
import dev.opml.vm.graph.Norm;
import dev.opml.vm.graph.Operation;
import dev.opml.vm.graph.Project;
import dev.opml.vm.graph.RopePairing;
import dev.opml.vm.graph.Rotary;
import dev.opml.vm.graph.Sample;
import dev.opml.vm.graph.Weight;
import dev.opml.vm.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A node table that no architecture has: operators in any order that the engine accepts, with any
 * parts, on weights, vectors and KV rows that lie anywhere. Equal seeds give equal graphs.
 */
final class RandomGraph {
  private static final int LEAF_FLOATS = MemoryRegion.LEAF_SIZE / Float.BYTES;
  private static final int LEAF_HALVES = MemoryRegion.LEAF_SIZE / Short.BYTES;

  /** When a vector or cache has been written, at each position. */
  private enum Written {
    NEVER,
    SAMPLED,
    ALWAYS;

    static Written by(List<GraphRow> rows) {
      return rows.stream().anyMatch(GraphRow::sampled) ? SAMPLED : ALWAYS;
    }

    Written or(Written other) {
      return compareTo(other) > 0 ? this : other;
    }
  }

  private static final class Vector {
    final long address;
    final int length;
    Written written = Written.NEVER;

    Vector(long address, int length) {
      this.address = address;
      this.length = length;
    }
  }

  private record Cache(
      long keys, long values, int stride, int heads, int headDim, Written written) {}

  private final Random random;
  private final boolean tame;
  private final RandomRegions regions;
  private final int context;
  private final List<Vector> vectors = new ArrayList<>();
  private final List<Cache> caches = new ArrayList<>();
  private final List<GraphRow> rows = new ArrayList<>();
  private final int vocabulary;
  private final GraphHeader header;
  private @Nullable Vector lastInput;

  private RandomGraph(long seed) {
    random = new Random(seed);
    tame = seed % 2 == 0;
    regions = new RandomRegions(random, tame);
    context = random.nextInt(5) == 0 ? 33 + random.nextInt(60) : 2 + random.nextInt(20);
    vocabulary = 1 + random.nextInt(50);
    addAll();
    header =
        new GraphHeader(
            GraphMode.ROW_PER_NODE,
            rows.size(),
            vocabulary,
            context,
            TokenIds.of(random.nextInt(vocabulary)));
  }

  static RandomGraph of(long seed) {
    return new RandomGraph(seed);
  }

  GraphHeader header() {
    return header;
  }

  List<GraphRow> rows() {
    return rows;
  }

  /** The graph region: header, node table, rotation tables. */
  MemorySegment graph() {
    byte[] bytes = regions.graph();
    ByteBuffer table = ByteBuffer.wrap(bytes);
    table.put(header.encode()).position(GraphRow.SIZE);
    rows.forEach(row -> row.encode(table));
    return MemorySegment.ofArray(bytes);
  }

  /** The model region: matrices and vectors of weights. */
  MemorySegment model() {
    return MemorySegment.ofArray(regions.model());
  }

  /** Bytes of the state region that rows may write. */
  int stateBytes() {
    return (int) (regions.freeState() - MemoryRegion.STATE.base());
  }

  NativeEngine engine(Kernels kernels, int threads) {
    return new NativeEngine(header, rows, graph(), model(), kernels, threads);
  }

  private void addAll() {
    source(size());
    int operations = 2 + random.nextInt(8);
    int firstSampled = random.nextInt(2 * operations);
    for (int i = 0; i < operations; i++) {
      boolean sampled = i >= firstSampled || random.nextInt(10) == 0;
      switch (random.nextInt(9)) {
        case 0 -> source(random.nextBoolean() ? size() : any(Written.ALWAYS).length);
        case 1, 2 -> norm(sampled);
        case 3 -> queries(sampled, size(), headDim());
        case 4, 5 -> attention(sampled);
        default -> project(sampled, random.nextInt(3) == 0 ? any(Written.NEVER).length : size());
      }
    }
    if (random.nextInt(4) != 0) {
      Vector logits = project(random.nextInt(4) != 0, vocabulary);
      rows.add(new GraphRow(new Sample(vocabulary, logits.address), true));
    }
  }

  private int size() {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> 1 + random.nextInt(70);
      case 3 -> 256;
      default -> 32 * (1 + random.nextInt(4));
    };
  }

  private int headDim() {
    int[] usual = {8, 16, 32, 64, 96};
    return random.nextBoolean() ? usual[random.nextInt(usual.length)] : 1 + random.nextInt(40);
  }

  /** A vector that has been written at least so often. */
  private Vector any(Written least) {
    List<Vector> some = vectors.stream().filter(v -> v.written.compareTo(least) >= 0).toList();
    return some.get(random.nextInt(some.size()));
  }

  /** A vector that a row can read; often that of the row before. */
  private Vector input(boolean sampled) {
    Written least = sampled ? Written.SAMPLED : Written.ALWAYS;
    if (lastInput == null || lastInput.written.compareTo(least) < 0 || random.nextBoolean()) {
      lastInput = any(least);
    }
    return lastInput;
  }

  /** A vector to write: a new one, or an old one that is not {@code but}. */
  private Vector output(int length, @Nullable Vector but) {
    List<Vector> old = vectors.stream().filter(v -> v.length == length && v != but).toList();
    if (!old.isEmpty() && random.nextInt(3) != 0) {
      return old.get(random.nextInt(old.size()));
    }
    Vector vector = new Vector(regions.state(4L * length), length);
    vectors.add(vector);
    return vector;
  }

  /** Elements of an input that a row reads: all but seldom. */
  private int columns(Vector in) {
    return random.nextInt(8) == 0 ? 1 + random.nextInt(in.length) : in.length;
  }

  private long residual(boolean sampled, Vector out) {
    Written least = sampled ? Written.SAMPLED : Written.ALWAYS;
    List<Vector> some =
        vectors.stream()
            .filter(v -> v.length >= out.length && v.written.compareTo(least) >= 0)
            .toList();
    if (some.isEmpty() || random.nextBoolean()) {
      return 0;
    }
    boolean self = some.contains(out) && random.nextBoolean();
    return self ? out.address : some.get(random.nextInt(some.size())).address;
  }

  /** A number for a part of an operator. */
  private float number(float... usual) {
    float[] odd = {0, -0f, Float.NaN, Float.POSITIVE_INFINITY, -1, 1e-40f, 1e30f, -1e-3f};
    float[] from = tame || random.nextBoolean() ? usual : odd;
    return from[random.nextInt(from.length)];
  }

  private long maybe(long address) {
    return random.nextBoolean() ? address : 0;
  }

  /** A row that reads no vector. */
  private void source(int length) {
    if (random.nextInt(3) != 0) {
      embed(length);
    } else {
      Vector out = output(length, null);
      add(new Bytes(length, number(1, 1f / 255, -2), out.address), out, false);
    }
  }

  private void embed(int length) {
    Vector out = output(length, null);
    Weight matrix = regions.matrix(length, vocabulary);
    add(new Embed(length, matrix, number(1, 1, 8.5f, -0.25f), out.address), out, false);
  }

  private void norm(boolean sampled) {
    Vector in = input(sampled);
    Vector out = output(in.length, null);
    long weight = regions.vector(in.length);
    float epsilon = number(1e-5f, 1e-6f, 0);
    long residual = residual(sampled, out);
    add(new Norm(in.length, weight, epsilon, in.address, out.address, residual), out, sampled);
  }

  private void add(Operation operation, Vector out, boolean sampled) {
    GraphRow row = new GraphRow(operation, sampled);
    rows.add(row);
    out.written = out.written.or(Written.by(List.of(row)));
  }

  /** Where {@code total} units are cut: slices begin at multiples of a granule. */
  private List<Integer> cuts(int total, int granule) {
    List<Integer> cuts = new ArrayList<>(List.of(0));
    for (int at = granule; at < total; at += granule) {
      if (random.nextInt(4) == 0) {
        cuts.add(at);
      }
    }
    cuts.add(total);
    return cuts;
  }

  private static int granule(int unit, int leaf) {
    int granule = 1;
    while (granule * unit % leaf != 0) {
      granule++;
    }
    return granule;
  }

  /** Adds slices in any order; an old vector may miss one. */
  private void add(List<GraphRow> slices, Vector out) {
    Collections.shuffle(slices, random);
    Written old = out.written;
    if (old != Written.NEVER && slices.size() > 1 && random.nextInt(3) == 0) {
      slices.removeLast();
    } else {
      out.written = old.or(Written.by(slices));
    }
    rows.addAll(slices);
  }

  private Vector project(boolean sampled, int length) {
    Vector in = input(sampled);
    Vector out = output(length, in);
    int n = columns(in);
    Weight matrix = regions.matrix(n, length);
    Weight factor = random.nextInt(3) == 0 ? regions.matrix(n, length) : Weight.NONE;
    List<Integer> cuts = cuts(length, LEAF_FLOATS);
    List<GraphRow> slices = new ArrayList<>();
    for (int i = 1; i < cuts.size(); i++) {
      int first = cuts.get(i - 1);
      Activation[] activations = Activation.values();
      Operation slice =
          new Project(
              n,
              first,
              cuts.get(i) - first,
              matrix,
              maybe(regions.vector(length)),
              activations[random.nextInt(activations.length)],
              factor,
              factor.address() == 0 ? 0 : maybe(regions.vector(length)),
              number(1, 1, 0.3f, -2),
              random.nextBoolean() ? 0 : number(30, 0.5f),
              in.address,
              out.address,
              residual(sampled, out));
      slices.add(new GraphRow(slice, sampled));
    }
    add(slices, out);
    return out;
  }

  private Vector queries(boolean sampled, int length, int headDim) {
    int heads = Math.clamp(length / headDim, 1, 8);
    Vector in = input(sampled);
    Vector out = output(heads * headDim, in);
    List<GraphRow> slices =
        heads(sampled, in, heads, headDim, out.address, 0, granule(headDim, LEAF_FLOATS));
    add(slices, out);
    return out;
  }

  private List<GraphRow> heads(
      boolean sampled, Vector in, int heads, int headDim, long out, int stride, int granule) {
    int n = columns(in);
    Weight matrix = regions.matrix(n, heads * headDim);
    List<Integer> cuts = cuts(heads, granule);
    List<GraphRow> slices = new ArrayList<>();
    for (int i = 1; i < cuts.size(); i++) {
      int first = cuts.get(i - 1);
      long norm = maybe(regions.vector(headDim));
      Operation slice =
          new Heads(
              n,
              first,
              cuts.get(i) - first,
              headDim,
              matrix,
              maybe(regions.vector(heads * headDim)),
              norm,
              norm == 0 ? 0 : number(1e-5f, 0),
              rotary(headDim),
              in.address,
              out,
              stride);
      slices.add(new GraphRow(slice, sampled));
    }
    return slices;
  }

  private Rotary rotary(int headDim) {
    if (headDim < 2 || random.nextInt(3) == 0) {
      return Rotary.NONE;
    }
    int dimension = 2 * (1 + random.nextInt(headDim / 2));
    RopePairing pairing = random.nextBoolean() ? RopePairing.HALVES : RopePairing.INTERLEAVED;
    return new Rotary(regions.table(context * (dimension / 2) * 2), dimension, pairing);
  }

  /** Queries, a cache, keys and values, and attention to them; what there is may be used again. */
  private void attention(boolean sampled) {
    boolean shared = !caches.isEmpty() && random.nextInt(3) == 0;
    Cache old = shared ? caches.get(random.nextInt(caches.size())) : null;
    boolean now = sampled || (old != null && old.written != Written.ALWAYS);
    int headDim = old == null ? headDim() : old.headDim;
    Vector in = any(now ? Written.SAMPLED : Written.ALWAYS);
    if (in.length < headDim || random.nextBoolean()) {
      in = queries(now, headDim * (1 + random.nextInt(8)), headDim);
      now |= in.written != Written.ALWAYS;
    }
    int heads = Math.min(8, in.length / headDim);
    int group = 1 + random.nextInt(heads);
    if (old != null) {
      group += (heads - 1) / old.heads;
    }
    // All heads of a cache are read by somebody, or the engine would not know of them.
    Cache cache = old == null ? cache(now, (heads - 1) / group + 1, headDim) : old;
    Vector out = output(heads * cache.headDim, null);
    List<Integer> cuts = cuts(heads, granule(cache.headDim, LEAF_FLOATS));
    List<GraphRow> slices = new ArrayList<>();
    for (int i = 1; i < cuts.size(); i++) {
      int first = cuts.get(i - 1);
      slices.add(
          new GraphRow(
              new Attention(
                  in.length,
                  first,
                  cuts.get(i) - first,
                  cache.headDim,
                  group,
                  random.nextBoolean() ? 0 : 1 + random.nextInt(context + 3),
                  number(0.3f, 1, -0.1f),
                  random.nextBoolean() ? 0 : number(20, 1.5f),
                  in.address,
                  out.address,
                  cache.keys,
                  cache.values,
                  cache.stride),
              now));
    }
    if (old != null) {
      add(slices, out);
    } else {
      rows.addAll(slices);
      out.written = out.written.or(Written.by(slices));
    }
  }

  private Cache cache(boolean sampled, int heads, int headDim) {
    int bytes = (heads * headDim + LEAF_HALVES - 1) / LEAF_HALVES * MemoryRegion.LEAF_SIZE;
    int gap = random.nextInt(4) == 0 ? MemoryRegion.LEAF_SIZE : 0;
    int stride = 2 * (bytes + gap);
    long keys = regions.state((long) stride * context);
    long values = keys + bytes + gap;
    int granule = granule(headDim, LEAF_HALVES);
    List<GraphRow> slices = new ArrayList<>();
    slices.addAll(heads(sampled, input(sampled), heads, headDim, keys, stride, granule));
    slices.addAll(heads(sampled, input(sampled), heads, headDim, values, stride, granule));
    Collections.shuffle(slices, random);
    rows.addAll(slices);
    Cache cache = new Cache(keys, values, stride, heads, headDim, Written.by(slices));
    caches.add(cache);
    return cache;
  }
}
