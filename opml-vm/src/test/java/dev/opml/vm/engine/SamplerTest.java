package dev.opml.vm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerTest {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final Sampler GREEDY = new Sampler(0, 0, 1, 0, 1);

  private static int greedy(float... logits) {
    return GREEDY.draw(logits, 0, logits.length, 3);
  }

  @Test
  void draw_greedy_takesTheLowestIdAmongTheLargest() {
    assertEquals(1, greedy(1, 3, 3, 2));
    assertEquals(0, greedy(-0f, 0f, -1));
    assertEquals(2, greedy(NAN, -INF, -5, NAN));
    assertEquals(1, greedy(NAN, -INF, -INF));
    assertEquals(3, greedy(NAN, 7, -5, INF));
    assertEquals(0, greedy(NAN, NAN));
    assertEquals(0, greedy(-INF, -INF));
  }

  @ParameterizedTest
  @CsvSource({
    "0.0078, 1, 0",
    "128.1, 1, 0",
    "NaN, 1, 0",
    "-1, 1, 0",
    "1, 0, 0",
    "1, 1.001, 0",
    "1, NaN, 0",
    "1, -0.5, 0",
    "1, 1, 1",
    "1, 1, -0.1",
    "1, 1, NaN"
  })
  void draw_parameterOutOfRange_isGreedy(float temperature, float topP, float minP) {
    float[] logits = {1, 1.01f, 1, 1, 1, 1, 1};
    for (int position = 0; position < 50; position++) {
      Sampler sampler = new Sampler(temperature, 0, topP, minP, 5);
      assertEquals(1, sampler.draw(logits, 0, logits.length, position));
    }
  }

  @Test
  void draw_infiniteLogit_isGreedy() {
    float[] logits = {1, 2, INF, 2, INF};
    assertEquals(2, new Sampler(1, 0, 1, 0, 5).draw(logits, 0, logits.length, 0));
  }

  @Test
  void draw_equalLogits_takesEveryIdSometimes() {
    int[] counts = new int[4];
    for (int position = 0; position < 4000; position++) {
      counts[new Sampler(1, 0, 1, 0, 42).draw(new float[4], 0, 4, position)]++;
    }
    assertTrue(Arrays.stream(counts).allMatch(c -> c > 850 && c < 1150), Arrays.toString(counts));
  }

  @Test
  void draw_randomParameters_isThatOfThePageReadLiterally() {
    for (long seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      Sampler sampler = parameters(random);
      float[] logits = logits(random, 1 + random.nextInt(60));
      int position = random.nextInt(1000);
      int actual = sampler.draw(logits, 0, logits.length, position);
      assertEquals(literal(sampler, logits, position), actual, "seed " + seed + " " + sampler);
    }
  }

  /** Parameters in range, mostly. */
  static Sampler parameters(Random random) {
    float temperature = random.nextInt(20) == 0 ? 0 : 0.05f + 2 * random.nextFloat();
    return new Sampler(
        temperature,
        random.nextBoolean() ? 0 : random.nextInt(40),
        random.nextBoolean() ? 1 : random.nextFloat(),
        random.nextInt(3) > 0 ? 0 : random.nextFloat() / 4,
        random.nextLong());
  }

  /** Logits with ties, zeros of both signs, NaN and minus infinity. */
  static float[] logits(Random random, int n) {
    float[] logits = new float[n];
    for (int i = 0; i < n; i++) {
      logits[i] =
          switch (random.nextInt(12)) {
            case 0 -> NAN;
            case 1 -> -INF;
            case 2 -> -0f;
            case 3 -> 0f;
            case 4, 5 -> random.nextInt(3);
            default -> (float) random.nextGaussian() * 3;
          };
    }
    return logits;
  }

  /** docs/image.md, "Sampling", line by line. */
  private static int literal(Sampler s, float[] l, long position) {
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < l.length; i++) {
      if (!Float.isNaN(l[i])) {
        ids.add(i);
      }
    }
    ids.sort((a, b) -> l[a] > l[b] ? -1 : l[a] < l[b] ? 1 : a - b);
    if (ids.isEmpty()) {
      return 0;
    }
    float m = l[ids.getFirst()];
    if (s.temperature() < 0x1p-7f || Float.isInfinite(m) || !(s.topP() > 0)) {
      return ids.getFirst();
    }
    if (s.topK() > 0) {
      ids = ids.subList(0, (int) Math.min(s.topK(), ids.size()));
    }
    if (s.topP() < 1) {
      float sum = 0;
      for (int id : ids) {
        sum += Kernels.exp(l[id] - m);
      }
      float running = 0;
      for (int i = 0; i < ids.size(); i++) {
        running += Kernels.exp(l[ids.get(i)] - m);
        if (running >= s.topP() * sum) {
          ids = ids.subList(0, i + 1);
          break;
        }
      }
    }
    if (s.minP() > 0) {
      ids = ids.stream().filter(id -> Kernels.exp(l[id] - m) >= s.minP()).toList();
    }
    float sum = 0;
    for (int id : ids) {
      sum += Kernels.exp((l[id] - m) / s.temperature());
    }
    long z = s.seed() + (position + 1) * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    z = z ^ (z >>> 31);
    float t = (float) (z >>> 40) * 0x1p-24f * sum;
    float running = 0;
    for (int id : ids) {
      running += Kernels.exp((l[id] - m) / s.temperature());
      if (running > t) {
        return id;
      }
    }
    return ids.getLast();
  }
}
