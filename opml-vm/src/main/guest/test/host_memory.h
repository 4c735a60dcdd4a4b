/* The guest's regions, mapped at the guest's own addresses, so that its sources run unmodified on the host. */
#ifndef OPML_HOST_MEMORY_H
#define OPML_HOST_MEMORY_H

#include <stdint.h>

/* Ends the process where an address range is already taken. */
void map_guest_memory(void);

/* Loads a file to a guest address; ends the process where it cannot. */
void load_file(const char *path, uint64_t address);

/* Maps the model file read-only at the base of the model region. */
void map_model(const char *path);

void guest_main(uint64_t step);

#endif
