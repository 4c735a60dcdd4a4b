import org.jspecify.annotations.NullMarked;

/** The dispute game: its rules, the in-process arbiter and the agents that play it. */
@NullMarked
module dev.opml.dispute {
  requires transitive dev.opml.api;
  requires dev.opml.merkle;
  requires com.fasterxml.jackson.databind;
  requires org.bouncycastle.provider;
  requires static transitive org.jspecify;
}
