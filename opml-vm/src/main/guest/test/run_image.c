/* Runs nodes of a program image natively: run_image GRAPH INPUT MODEL NODES OUT ADDRESS BYTES
   runs nodes 0 ... NODES - 1 (or, where NODES is -1, the single phase) and writes BYTES at ADDRESS to the file OUT. */
#include <stdio.h>
#include <stdlib.h>

#include "host_memory.h"

int main(int argc, char **argv) {
  if (argc != 8) return 2;
  map_guest_memory();
  load_file(argv[1], 0x40000000);
  load_file(argv[2], 0x10000000);
  map_model(argv[3]);
  long nodes = strtol(argv[4], 0, 0);
  if (nodes < 0) guest_main(~0ul);
  for (long s = 0; s < nodes; s++) guest_main((uint64_t)s);
  FILE *out = fopen(argv[5], "wb");
  if (!out) return 2;
  size_t size = strtoul(argv[7], 0, 0);
  size_t written = fwrite((void *)strtoul(argv[6], 0, 0), 1, size, out);
  return fclose(out) == 0 && written == size ? 0 : 2;
}
