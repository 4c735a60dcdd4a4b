/* The guest's functions against the golden vectors, as golden.py prints them, from standard input. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../exponential.h"
#include "../half.h"
#include "../matrix.h"
#include "../operators.h"
#include "../quantize.h"
#include "host_memory.h"

#define WEIGHTS 0x1000000000ul /* anywhere in state */
#define X 0x1000100000ul
#define Y 0x1000200000ul

static int failures, checks;

static void expect(int good, const char *what, u64 detail) {
  checks++;
  if (good) return;
  failures++;
  printf("FAILED: %s %#lx\n", what, detail);
}

static u64 number(void) { return strtoul(strtok(0, " \n"), 0, 16); }

/* Writes a field of hexadecimal bytes to memory and returns their number. */
static u64 bytes(u64 at) {
  const char *field = strtok(0, " \n");
  u64 n = strlen(field) / 2;
  for (u64 i = 0; i < n; i++) {
    char two[3] = {field[2 * i], field[2 * i + 1], 0};
    *(u8 *)(at + i) = (u8)strtoul(two, 0, 16);
  }
  return n;
}

/* Compares memory with a field of hexadecimal bytes. */
static int equal(u64 at) {
  static u8 expected[1 << 16];
  u64 n = bytes((u64)expected);
  return memcmp(expected, (void *)at, n) == 0;
}

/* A 16-bit lane of a sum of lanes, the borrows from below undone. */
static i64 lane(u64 packed, int i) {
  u64 below = i == 0 ? 0 : packed << (64 - 16 * i);
  i64 value = (int16_t)(packed >> 16 * i);
  return value + (i != 0 && (i64)below < 0);
}

static i64 quantized(const struct packed_eight *x, u64 i) {
  const struct packed_eight *eight = &x[i / 8];
  return lane(i & 1 ? eight->odd : eight->even, 3 - (int)(i % 8 / 2));
}

static void check_quantize(void) {
  u64 block = number();
  bytes(X);
  static struct block_32 b32;
  static struct block_256 b256;
  if (block == 32) {
    quantize_32(X, 32, &b32);
  } else {
    quantize_256(X, 256, &b256);
  }
  expect(number() == (block == 32 ? b32.scale.value : b256.scale.value), "quantize: scale", block);
  bytes(Y);
  i64 sums[16] = {0};
  int good = 1;
  for (u64 i = 0; i < block; i++) {
    i64 q = load8_signed(Y + i);
    good &= q == quantized(block == 32 ? b32.x : b256.x, i);
    sums[i / 16] += q;
  }
  if (block == 32) {
    good &= b32.sum == sums[0] + sums[1];
  } else {
    for (int i = 0; i < 16; i++) good &= b256.sum_16[i] == sums[i];
    for (int i = 0; i < 8; i++) good &= b256.sum_32[i] == sums[2 * i] + sums[2 * i + 1];
  }
  expect(good, "quantize: values", block);
}

/* shift moves the weights to every alignment that a row can have. */
static void check_row(void) {
  u32 type = (u32)number();
  u64 n = number(), size = bytes(WEIGHTS);
  bytes(X);
  quantize_for(&type, 1, X, n);
  u64 dot = number();
  u64 alignment = type == TYPE_F32 || type == TYPE_Q5_1 ? 4 : type == TYPE_Q4_K || type == TYPE_Q5_K ? 16 : 2;
  for (u64 shift = 0; shift < 16; shift += alignment) {
    memmove((void *)(WEIGHTS + shift), (void *)(WEIGHTS + (shift == 0 ? 0 : shift - alignment)), size);
    struct matrix m = matrix_of(type, WEIGHTS + shift, X, n);
    expect(m.stride == size, "row: bytes", type);
    expect(matrix_row(&m, 0) == dot, "row: dot", type);
  }
  memmove((void *)WEIGHTS, (void *)(WEIGHTS + 16 - alignment), size);
  dequantize_row(type, WEIGHTS, n, Y);
  expect(equal(Y), "row: dequantized", type);
}

static void check_rms_norm(void) {
  struct node_row row = {.n = (u32)number(), .in = X, .out = Y, .norm = WEIGHTS};
  row.epsilon = (u32)number();
  bytes(X);
  bytes(WEIGHTS);
  memset((void *)Y, 0xff, 8192);
  run_norm(&row);
  expect(equal(Y), "rmsnorm", row.n);
  u64 end = Y + 4 * (u64)row.n;
  for (; end % 128 != 0; end += 4) expect(load32(end) == 0, "rmsnorm: padding", end - Y);
  expect(load32(end) == 0xffffffff, "rmsnorm: behind the slot", row.n);
}

int main(void) {
  static char line[1 << 16];
  map_guest_memory();
  while (fgets(line, sizeof line, stdin)) {
    const char *what = strtok(line, " \n");
    if (!strcmp(what, "exp")) {
      u64 x = number();
      expect(f32_exp(x) == number(), "exp", x);
    } else if (!strcmp(what, "kv")) {
      u64 x = number();
      expect(f32_to_kv_half(x) == number(), "f16", x);
    } else if (!strcmp(what, "rmsnorm")) {
      check_rms_norm();
    } else if (!strcmp(what, "quantize")) {
      check_quantize();
    } else if (!strcmp(what, "row")) {
      check_row();
    } else {
      expect(0, what, 0);
    }
  }
  printf("%s: golden vectors, %d checks\n", failures || checks == 0 ? "FAILED" : "ok", checks);
  return failures != 0 || checks == 0;
}
