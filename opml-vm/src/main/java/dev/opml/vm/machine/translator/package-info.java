/** Translates hot code to JVM bytecode, and decides what is hot. */
@NullMarked
package dev.opml.vm.machine.translator;

import org.jspecify.annotations.NullMarked;
