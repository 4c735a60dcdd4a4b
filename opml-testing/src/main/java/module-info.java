import org.jspecify.annotations.NullMarked;

/** Liars for tests and demonstrations: traces that claim something false and stand by it. */
@NullMarked
module dev.opml.testing {
  requires transitive dev.opml.api;
  requires dev.opml.merkle;
  requires transitive dev.opml.vm;
  requires static transitive org.jspecify;

  exports dev.opml.testing;
}
