package dev.opml.vm.memory;

/**
 * A page that has been written. Only the memory that owns it may change it; others copy it first.
 */
final class Page {
  final byte[] bytes;
  final Object owner;

  /** Written since the owner's tree was last brought up to date. */
  boolean dirty;

  Page(byte[] bytes, Object owner) {
    this.bytes = bytes;
    this.owner = owner;
  }
}
