import org.jspecify.annotations.NullMarked;

/** Runnable documentation of opML and the {@code opml} command line. */
@NullMarked
@SuppressWarnings("requires-automatic") // opml-ethereum is none, because of web3j
module dev.opml.examples {
  requires dev.opml.api;
  requires dev.opml.merkle;
  requires dev.opml.vm;
  requires dev.opml.dispute;
  requires dev.opml.ethereum;
  requires dev.opml.testing;
  requires com.fasterxml.jackson.databind;
  requires info.picocli;
  requires static transitive org.jspecify;

  opens dev.opml.examples.cli to
      info.picocli;
}
