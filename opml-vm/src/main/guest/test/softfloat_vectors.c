/* The soft-float against Berkeley TestFloat's vectors, "a [b] result flags" in hexadecimal, from standard input:
   softfloat_vectors OPERATION. */
#include <stdio.h>
#include <string.h>

#include "../half.h"

static u64 compute(const char *operation, u64 a, u64 b) {
  if (!strcmp(operation, "f32_add")) return f32_add(a, b);
  if (!strcmp(operation, "f32_sub")) return f32_sub(a, b);
  if (!strcmp(operation, "f32_mul")) return f32_mul(a, b);
  if (!strcmp(operation, "f32_div")) return f32_div(a, b);
  if (!strcmp(operation, "f32_lt")) return (u64)f32_less(a, b);
  if (!strcmp(operation, "f32_le")) return (u64)f32_less_or_equal(a, b);
  if (!strcmp(operation, "f32_sqrt")) return f32_sqrt(a);
  if (!strcmp(operation, "f32_to_i32")) return (u32)f32_to_int(a);
  if (!strcmp(operation, "i32_to_f32")) return f32_from_int((i32)a);
  if (!strcmp(operation, "f16_to_f32")) return f16_to_f32(a);
  if (!strcmp(operation, "bf16_to_f32")) return f32_canonical(bf16_to_f32(a));
  return ~0ul;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  char line[128];
  long vectors = 0, failures = 0;
  while (fgets(line, sizeof line, stdin)) {
    u64 f[4];
    int fields = sscanf(line, "%lx %lx %lx %lx", &f[0], &f[1], &f[2], &f[3]);
    if (fields < 3) continue;
    u64 expected = f[fields - 2], actual = compute(argv[1], f[0], f[1]);
    vectors++;
    if (actual != expected && failures++ < 5) {
      printf("FAILED: %s %lx %lx: %lx, expected %lx\n", argv[1], f[0], f[1], actual, expected);
    }
  }
  printf("%s: TestFloat %s, %ld vectors\n", failures || vectors == 0 ? "FAILED" : "ok", argv[1], vectors);
  return failures != 0 || vectors == 0;
}
