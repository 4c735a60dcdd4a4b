/** Executes decoded instructions one by one. */
@NullMarked
package dev.opml.vm.machine.interpreter;

import org.jspecify.annotations.NullMarked;
