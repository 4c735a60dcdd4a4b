package dev.opml.examples.demo;

import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Verification;
import dev.opml.api.trace.NodeDescription;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.testing.Lie;

/** Watches a demonstration, on the thread that plays it. */
public interface DemoListener {
  /** The inference that everything is about. */
  void onRequest(InferenceRequest request);

  /** Where the lie is. */
  void onLie(Lie lie, NodeDescription node);

  /** The proposer generated a token. */
  void onToken(int tokenId);

  /** The challenger checked the claim. */
  void onVerdict(Verification verdict);

  /** Something happened at the arbiter. */
  void onEvent(ArbiterEvent event);

  /** The dispute has come down to one node. */
  void onNode(NodeDescription node);

  /** Work advanced; see {@link dev.opml.api.inference.InferenceListener#onProgress}. */
  void onProgress(String stage, long done, long total);
}
