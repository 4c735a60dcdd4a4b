#define _GNU_SOURCE
#include "rv64im.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PROGRAM_BASE 0x10000ul
#define PROGRAM_SIZE (1ul << 18)
#define STACK_SIZE (1ul << 20)
#define TOP (1ul << 40)

uint64_t profile[1 << 16];

static uint64_t x[32], pc, count;

static void die(const char *what, uint64_t value) {
  fprintf(stderr, "fault: %s %#lx at pc %#lx, instruction %lu\n", what, value, pc, count);
  exit(3);
}

static void map(uint64_t base, uint64_t size) {
  void *at = mmap((void *)base, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (at != (void *)base) {
    fprintf(stderr, "cannot map %#lx\n", base);
    exit(2);
  }
}

void load_program(const char *path) {
  static unsigned char bytes[PROGRAM_SIZE];
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    exit(2);
  }
  size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  const Elf64_Ehdr *header = (const Elf64_Ehdr *)bytes;
  if (size < sizeof *header || header->e_machine != EM_RISCV || header->e_entry != PROGRAM_BASE) exit(2);
  map(PROGRAM_BASE, PROGRAM_SIZE);
  map(TOP - STACK_SIZE, STACK_SIZE);
  const Elf64_Phdr *segments = (const Elf64_Phdr *)(bytes + header->e_phoff);
  for (int i = 0; i < header->e_phnum; i++) {
    if (segments[i].p_type != PT_LOAD) continue;
    memcpy((void *)segments[i].p_vaddr, bytes + segments[i].p_offset, segments[i].p_filesz);
  }
}

static void check_load(uint64_t a, uint64_t size) {
  if (a & (size - 1)) die("misaligned load", a);
  if (a >= TOP) die("load out of range", a);
}

static void check_store(uint64_t a, uint64_t size) {
  if (a & (size - 1)) die("misaligned store", a);
  int output = a - 0x11000000ul < 1ul << 24;
  int state = a - 0x1000000000ul < 1ul << 36;
  int scratch = a - 0x8000000000ul < 1ul << 39;
  if (!output && !state && !scratch) die("forbidden store", a);
}

static uint64_t load(uint32_t funct3, uint64_t a) {
  check_load(a, 1ul << (funct3 & 3));
  switch (funct3) {
    case 0: return (uint64_t) * (int8_t *)a;
    case 1: return (uint64_t) * (int16_t *)a;
    case 2: return (uint64_t) * (int32_t *)a;
    case 3: return *(uint64_t *)a;
    case 4: return *(uint8_t *)a;
    case 5: return *(uint16_t *)a;
    case 6: return *(uint32_t *)a;
    default: die("load", funct3); return 0;
  }
}

static void store(uint32_t funct3, uint64_t a, uint64_t v) {
  if (funct3 > 3) die("store", funct3);
  check_store(a, 1ul << funct3);
  memcpy((void *)a, &v, 1ul << funct3);
}

static uint64_t multiply_divide(uint32_t funct3, uint64_t a, uint64_t b) {
  int64_t sa = (int64_t)a, sb = (int64_t)b;
  switch (funct3) {
    case 0: return a * b;
    case 1: return (uint64_t)((__int128)sa * sb >> 64);
    case 2: return (uint64_t)((__int128)sa * (__int128)(unsigned __int128)b >> 64);
    case 3: return (uint64_t)((unsigned __int128)a * b >> 64);
    case 4: return b == 0 ? ~0ul : sb == -1 ? -a : (uint64_t)(sa / sb);
    case 5: return b == 0 ? ~0ul : a / b;
    case 6: return b == 0 ? a : sb == -1 ? 0 : (uint64_t)(sa % sb);
    default: return b == 0 ? a : a % b;
  }
}

static uint64_t multiply_divide_32(uint32_t funct3, uint32_t a, uint32_t b) {
  int32_t sa = (int32_t)a, sb = (int32_t)b;
  uint32_t r;
  switch (funct3) {
    case 0: r = a * b; break;
    case 4: r = b == 0 ? ~0u : sb == -1 ? -a : (uint32_t)(sa / sb); break;
    case 5: r = b == 0 ? ~0u : a / b; break;
    case 6: r = b == 0 ? a : sb == -1 ? 0 : (uint32_t)(sa % sb); break;
    case 7: r = b == 0 ? a : a % b; break;
    default: die("mul32", funct3); r = 0;
  }
  return (uint64_t)(int32_t)r;
}

/* alternate: instruction bit 30, meaning sub or sra. */
static uint64_t arithmetic(uint32_t funct3, int alternate, uint64_t a, uint64_t b) {
  switch (funct3) {
    case 0: return alternate ? a - b : a + b;
    case 1: return a << (b & 63);
    case 2: return (int64_t)a < (int64_t)b;
    case 3: return a < b;
    case 4: return a ^ b;
    case 5: return alternate ? (uint64_t)((int64_t)a >> (b & 63)) : a >> (b & 63);
    case 6: return a | b;
    default: return a & b;
  }
}

static uint64_t arithmetic_32(uint32_t funct3, int alternate, uint32_t a, uint32_t b) {
  uint32_t r;
  switch (funct3) {
    case 0: r = alternate ? a - b : a + b; break;
    case 1: r = a << (b & 31); break;
    case 5: r = alternate ? (uint32_t)((int32_t)a >> (b & 31)) : a >> (b & 31); break;
    default: die("op32", funct3); r = 0;
  }
  return (uint64_t)(int32_t)r;
}

static int taken(uint32_t funct3, uint64_t a, uint64_t b) {
  switch (funct3) {
    case 0: return a == b;
    case 1: return a != b;
    case 4: return (int64_t)a < (int64_t)b;
    case 5: return (int64_t)a >= (int64_t)b;
    case 6: return a < b;
    case 7: return a >= b;
    default: die("branch", funct3); return 0;
  }
}

/* Executes one instruction; false where it halts. */
static int step_once(void) {
  if (pc & 3 || pc - PROGRAM_BASE >= PROGRAM_SIZE) die("fetch", pc);
  uint32_t i = *(uint32_t *)pc;
  profile[(pc - PROGRAM_BASE) >> 2]++;
  count++;
  uint32_t rd = i >> 7 & 31, funct3 = i >> 12 & 7;
  uint64_t a = x[i >> 15 & 31], b = x[i >> 20 & 31];
  uint64_t immediate = (uint64_t)((int32_t)i >> 20);
  uint64_t upper = (uint64_t)(int32_t)(i & 0xfffff000);
  uint64_t next = pc + 4, result = 0;
  switch (i & 127) {
    case 0x37: result = upper; break;
    case 0x17: result = pc + upper; break;
    case 0x6f: {
      uint64_t offset = ((uint64_t)((int32_t)i >> 31) << 20) | (i & 0xff000) | (i >> 9 & 0x800) | (i >> 20 & 0x7fe);
      result = next;
      next = pc + offset;
      break;
    }
    case 0x67: result = next; next = (a + immediate) & ~1ul; break;
    case 0x63: {
      uint64_t offset = ((uint64_t)((int32_t)i >> 31) << 12) | (i << 4 & 0x800) | (i >> 20 & 0x7e0) | (i >> 7 & 0x1e);
      if (taken(funct3, a, b)) next = pc + offset;
      rd = 0;
      break;
    }
    case 0x03: result = load(funct3, a + immediate); break;
    case 0x23:
      store(funct3, a + ((uint64_t)((int32_t)i >> 25) << 5 | rd), b);
      rd = 0;
      break;
    case 0x13: result = arithmetic(funct3, funct3 == 5 && (i >> 30 & 1), a, immediate); break;
    case 0x1b: result = arithmetic_32(funct3, funct3 == 5 && (i >> 30 & 1), (uint32_t)a, (uint32_t)immediate); break;
    case 0x33: result = i >> 25 == 1 ? multiply_divide(funct3, a, b) : arithmetic(funct3, i >> 30 & 1, a, b); break;
    case 0x3b:
      result = i >> 25 == 1 ? multiply_divide_32(funct3, (uint32_t)a, (uint32_t)b)
                            : arithmetic_32(funct3, i >> 30 & 1, (uint32_t)a, (uint32_t)b);
      break;
    case 0x73:
      if (i == 0x73 && x[17] == 93) return 0;
      die("system", i);
      break;
    default: die("instruction", i);
  }
  if (rd != 0) x[rd] = result;
  pc = next;
  return 1;
}

uint64_t run_program(uint64_t step, uint64_t limit) {
  memset(x, 0, sizeof x);
  x[2] = TOP;
  x[10] = step;
  pc = PROGRAM_BASE;
  count = 0;
  while (step_once()) {
    if (count >= limit) die("limit", limit);
  }
  return count;
}
