package dev.opml.ethereum.abi;

import dev.opml.api.ImageRoot;
import dev.opml.api.InputRoot;
import dev.opml.api.ModelId;
import dev.opml.api.OutputRoot;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.dispute.Seal;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.merkle.Commitments;

/** Decodes the events of models, requests and claims, and of money. */
final class ClaimEvents {
  private ClaimEvents() {}

  static ArbiterEvent modelRegistered(EventFields log) {
    AbiInput in = log.data();
    ModelView model =
        new ModelView(
            new ModelId(log.topics().get(0)),
            new ImageRoot(in.word()),
            GraphHeader.decode(in.bytes()),
            SiblingPath.of(in.bytes()));
    ModelSource source = new ModelSource(in.word(), in.text());
    return new ArbiterEvent.ModelRegistered(model, log.address(1), source);
  }

  static ArbiterEvent requestMade(EventFields log) {
    AbiInput in = log.data();
    RequestTerms terms = TermsAbi.decode(in.tuple(), log.headers());
    InputRoot inputRoot = new InputRoot(in.word());
    if (!Commitments.inputRoot(terms.inference()).equals(inputRoot)) {
      throw new MalformedAbiException(
          "the input region of these terms has not the root " + inputRoot);
    }
    return new ArbiterEvent.RequestMade(
        log.request(0),
        log.address(1),
        terms,
        inputRoot,
        new StateRoot(in.word()),
        in.unsigned(Long.SIZE - 1));
  }

  static ArbiterEvent requestFinal(EventFields log) {
    return new ArbiterEvent.RequestFinal(log.request(0), log.claim(1));
  }

  static ArbiterEvent sealingExtended(EventFields log) {
    return new ArbiterEvent.SealingExtended(log.request(0), log.data().unsigned(Long.SIZE - 1));
  }

  static ArbiterEvent feePaid(EventFields log) {
    return new ArbiterEvent.FeePaid(log.request(0), log.claim(1), log.address(2), log.data().wei());
  }

  static ArbiterEvent refunded(EventFields log) {
    return new ArbiterEvent.Refunded(log.request(0), log.address(1), log.data().wei());
  }

  static ArbiterEvent claimSealed(EventFields log) {
    AbiInput in = log.data();
    return new ArbiterEvent.ClaimSealed(
        log.claim(0),
        log.request(1),
        in.unsigned(Long.SIZE - 1),
        log.address(2),
        new Seal(in.word()),
        TokenIds.decode(in.bytes()),
        new OutputRoot(in.word()));
  }

  static ArbiterEvent claimRevealed(EventFields log) {
    return new ArbiterEvent.ClaimRevealed(log.claim(0), new StateRoot(log.data().word()));
  }

  static ArbiterEvent claimExpired(EventFields log) {
    return new ArbiterEvent.ClaimExpired(log.claim(0), log.data().wei());
  }

  static ArbiterEvent claimRefuted(EventFields log) {
    return new ArbiterEvent.ClaimRefuted(log.claim(0), log.data().wei(), log.data().wei());
  }

  static ArbiterEvent claimFinal(EventFields log) {
    return new ArbiterEvent.ClaimFinal(log.claim(0));
  }

  static ArbiterEvent withdrawn(EventFields log) {
    return new ArbiterEvent.Withdrawn(log.address(0), log.data().wei());
  }
}
