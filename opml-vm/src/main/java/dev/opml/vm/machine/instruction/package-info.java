/** The instructions of RV64IM: encoding, text, and what the arithmetic ones compute. */
@NullMarked
package dev.opml.vm.machine.instruction;

import org.jspecify.annotations.NullMarked;
