/* Like run_image, but interprets the ELF: run_elf GRAPH INPUT MODEL NODES OUT ADDRESS BYTES ELF [COUNTS]
   Scratch and stack start with garbage, which no result may depend on. COUNTS gets a line "step op instructions" a node. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../graph.h"
#include "host_memory.h"
#include "rv64im.h"

#define LIMIT (1ul << 32)

int main(int argc, char **argv) {
  if (argc < 9) return 2;
  map_guest_memory();
  load_file(argv[1], 0x40000000);
  load_file(argv[2], 0x10000000);
  map_model(argv[3]);
  load_program(argv[8]);
  for (uint64_t area = 0; area < 7; area++) memset((void *)(0x8000000000 + (area << 35)), 0xa5, 1 << 18);
  memset((void *)((1ul << 40) - (1 << 18)), 0x5a, 1 << 18);
  FILE *counts = argc > 9 ? fopen(argv[9], "w") : 0;
  long nodes = strtol(argv[4], 0, 0);
  if (nodes < 0) run_program(~0ul, ~0ul);
  for (long s = 0; s < nodes; s++) {
    uint64_t n = run_program((uint64_t)s, LIMIT);
    if (counts) fprintf(counts, "%ld %u %lu\n", s, NODE_ROWS[s % GRAPH->nodes_per_token].op, n);
  }
  if (counts) fclose(counts);
  FILE *out = fopen(argv[5], "wb");
  if (!out) return 2;
  size_t size = strtoul(argv[7], 0, 0);
  size_t written = fwrite((void *)strtoul(argv[6], 0, 0), 1, size, out);
  return fclose(out) == 0 && written == size ? 0 : 2;
}
