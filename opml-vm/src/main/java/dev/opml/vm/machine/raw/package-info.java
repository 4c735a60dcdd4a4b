/** Executes ELF files that are not opML's, which may store to their code. */
@NullMarked
package dev.opml.vm.machine.raw;

import org.jspecify.annotations.NullMarked;
