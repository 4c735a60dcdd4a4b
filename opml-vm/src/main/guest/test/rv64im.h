/* A small RV64IM interpreter over this process's memory, mapped at the guest's own addresses: it runs the committed
   ELF, counts its instructions, and refuses what the machine of docs/image.md refuses. */
#ifndef OPML_RV64IM_H
#define OPML_RV64IM_H

#include <stdint.h>

/* Maps the program and the stack, and loads the ELF. Ends the process where it cannot. */
void load_program(const char *elf);

/* Runs the entry point with a0 = step until it halts and returns the number of instructions. Ends the process,
   with a message, on a fault or after limit instructions. */
uint64_t run_program(uint64_t step, uint64_t limit);

/* Instructions executed so far at each 4-byte word of the program. */
extern uint64_t profile[1 << 16];

#endif
