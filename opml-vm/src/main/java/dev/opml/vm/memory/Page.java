package dev.opml.vm.memory;

import org.jspecify.annotations.Nullable;

/**
 * A page that has been written. Only the memory that owns it may change it; others copy it first.
 */
final class Page {
  final long[] words;
  final Object owner;

  /** Written since the owner's tree was last brought up to date. */
  boolean dirty;

  /** What the tree covers, while dirty. */
  long @Nullable [] hashed;

  Page(long[] words, long[] hashed, Object owner) {
    this.words = words;
    this.hashed = hashed;
    this.owner = owner;
  }
}
