/** Static RISC-V executables, as files. */
@NullMarked
package dev.opml.vm.elf;

import org.jspecify.annotations.NullMarked;
