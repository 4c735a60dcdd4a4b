/**
 * The RV64IM machine of docs/image.md: guest programs, execution, witnesses, the step function,
 * machine traces.
 */
@NullMarked
package dev.opml.vm.machine;

import org.jspecify.annotations.NullMarked;
