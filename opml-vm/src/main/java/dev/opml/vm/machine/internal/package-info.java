/** Decoder, instruction semantics, interpreter and witness encoding. */
@NullMarked
package dev.opml.vm.machine.internal;

import org.jspecify.annotations.NullMarked;
