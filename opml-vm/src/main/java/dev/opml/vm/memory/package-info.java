/**
 * The memory that both engines work on: immutable snapshots and the guest's mutable view of one.
 */
@NullMarked
package dev.opml.vm.memory;

import org.jspecify.annotations.NullMarked;
