import org.jspecify.annotations.NullMarked;

/** The values and contracts that the parts of opML share. */
@NullMarked
module dev.opml.api {
  requires static transitive org.jspecify;

  exports dev.opml.api;
  exports dev.opml.api.image;
  exports dev.opml.api.inference;
  exports dev.opml.api.trace;
}
