import org.jspecify.annotations.NullMarked;

/** The dispute game: its rules, the in-process arbiter and the agents that play it. */
@NullMarked
module dev.opml.dispute {
  requires transitive dev.opml.api;
  requires dev.opml.merkle;
  requires com.fasterxml.jackson.databind;
  requires static transitive org.jspecify;

  exports dev.opml.dispute;
  exports dev.opml.dispute.agent;
  exports dev.opml.dispute.chain;
  exports dev.opml.dispute.game;
  exports dev.opml.dispute.journal;
  exports dev.opml.dispute.local;
  exports dev.opml.dispute.view;
}
