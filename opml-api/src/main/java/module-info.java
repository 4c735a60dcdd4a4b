import org.jspecify.annotations.NullMarked;

/** The values and contracts that the parts of opML share. */
@NullMarked
@SuppressWarnings("module") // the modules above are compiled later
module dev.opml.api {
  requires static java.management;
  requires static jdk.management;
  requires static transitive org.jspecify;

  exports dev.opml.api;
  exports dev.opml.api.image;
  exports dev.opml.api.inference;
  exports dev.opml.api.platform to
      dev.opml.merkle,
      dev.opml.vm;
  exports dev.opml.api.trace;
}
