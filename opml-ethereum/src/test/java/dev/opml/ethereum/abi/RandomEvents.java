package dev.opml.ethereum.abi;

import dev.opml.api.MachineStateHash;
import dev.opml.api.OutputRoot;
import dev.opml.api.StateRoot;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Seal;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.GameEndReason;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;
import dev.opml.merkle.Commitments;
import java.util.List;
import java.util.Optional;

/** One of each event, with random values. */
final class RandomEvents {
  private RandomEvents() {}

  static ArbiterEvent.RequestMade requestMade(Samples it, RequestTerms terms) {
    return new ArbiterEvent.RequestMade(
        new RequestId(it.word()),
        it.address(),
        terms,
        Commitments.inputRoot(terms.inference()),
        new StateRoot(it.word()),
        1L << it.below(41));
  }

  static List<ArbiterEvent> all(Samples it) {
    ClaimId claim = new ClaimId(it.word());
    RequestId request = new RequestId(it.word());
    GameId game = new GameId(it.word());
    Position opened =
        it.positionOf(
            game, it.below(2) == 0 ? Phase.MACHINE_OPENED : Phase.INSTRUCTION_OPENED, it.words(6));
    Position picked = it.positionOf(game, it.phase(), it.words(6));
    Optional<Side> winner =
        switch (it.below(3)) {
          case 0 -> Optional.empty();
          case 1 -> Optional.of(Side.PROPOSER);
          default -> Optional.of(Side.CHALLENGER);
        };
    return List.of(
        new ArbiterEvent.ModelRegistered(
            it.model(), it.address(), new ModelSource(it.word(), "ipfs://größe/" + it.below(99))),
        requestMade(it, it.terms()),
        new ArbiterEvent.RequestFinal(request, claim),
        new ArbiterEvent.SealingExtended(request, it.below(1 << 30)),
        new ArbiterEvent.FeePaid(request, claim, it.address(), it.wei()),
        new ArbiterEvent.Refunded(request, it.address(), it.wei()),
        new ArbiterEvent.ClaimSealed(
            claim,
            request,
            1 + it.below(100),
            it.address(),
            new Seal(it.word()),
            it.tokens(it.below(40)),
            new OutputRoot(it.word())),
        new ArbiterEvent.ClaimRevealed(claim, new StateRoot(it.word())),
        new ArbiterEvent.ClaimExpired(claim, it.wei()),
        new ArbiterEvent.ClaimRefuted(claim, it.wei(), it.wei()),
        new ArbiterEvent.ClaimFinal(claim),
        new ArbiterEvent.Withdrawn(it.address(), it.wei()),
        new GameEvent.Challenged(
            game, claim, it.address(), it.positionOf(game, Phase.NODES, it.words(6))),
        new GameEvent.Subdivided(game, picked.mover(), it.below(64), picked),
        new GameEvent.MachineOpened(game, opened.mover(), opened),
        new GameEvent.InstructionExecuted(
            game,
            it.positionOf(game, it.phase(), List.of()),
            new MachineStateHash(it.word()),
            it.address()),
        new GameEvent.Ended(
            game, GameEndReason.values()[it.below(3)], winner, it.wei(), it.wei(), it.wei()));
  }
}
