#define _GNU_SOURCE
#include "host_memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODEL_BASE 0x2000000000ul

static void map(uint64_t base, uint64_t size) {
  void *at = mmap((void *)base, size, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (at != (void *)base) {
    fprintf(stderr, "cannot map %#lx\n", base);
    exit(2);
  }
}

void map_guest_memory(void) {
  map(0x10000000, 1ul << 25); /* input and output */
  map(0x40000000, 1ul << 30); /* graph */
  map(0x1000000000, 1ul << 34); /* the part of state that small models use */
  for (uint64_t area = 0; area < 7; area++) map(0x8000000000 + (area << 35), 1ul << 30);
}

void load_file(const char *path, uint64_t address) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    exit(2);
  }
  size_t n;
  while ((n = fread((void *)address, 1, 1 << 20, file)) > 0) address += n;
  fclose(file);
}

void map_model(const char *path) {
  int fd = open(path, O_RDONLY);
  struct stat status;
  if (fd < 0 || fstat(fd, &status) != 0) {
    perror(path);
    exit(2);
  }
  /* A page behind the file: aligned loads may read beyond the last block. */
  map(MODEL_BASE, ((uint64_t)status.st_size + 8191) & ~4095ul);
  void *at = mmap((void *)MODEL_BASE, (size_t)status.st_size, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0);
  if (at != (void *)MODEL_BASE) {
    perror("mmap");
    exit(2);
  }
  close(fd);
}
