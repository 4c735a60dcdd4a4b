package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.Receipt;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.Transaction;
import dev.opml.dispute.chain.TransactionOutcome;
import dev.opml.dispute.chain.TransactionReplacedException;
import dev.opml.dispute.chain.TransactionTimeoutException;
import dev.opml.dispute.game.MoveKind;
import dev.opml.dispute.journal.Intent;
import dev.opml.dispute.journal.IntentKind;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.journal.SentTransaction;
import dev.opml.dispute.local.UnrulyChain;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.Endpoints;
import dev.opml.dispute.toy.ToyTrace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Transactions that wait, are refused, are replaced, or that nobody knows. */
class TransactionsTest {
  private static final UnrulyChain.Mood ALL_WAIT = new UnrulyChain.Mood(0, 0, 0, 1000);

  private final Arena arena = new Arena();
  private final UnrulyChain chain = new UnrulyChain(arena, 4, 9);
  private final MemoryJournal journal = new MemoryJournal();

  private final Heard heard = new Heard();

  private final RequestId request;

  TransactionsTest() {
    for (Address account :
        List.of(Arena.REQUESTER, Arena.PROPOSER, Arena.CHALLENGER, Arena.STRANGER)) {
      chain.fund(account, Wei.ether(100));
    }
    Arbiter requester = chain.truth(Arena.REQUESTER);
    requester.register(arena.model.registration(), new ModelSource(Bytes32.ZERO, "toy"));
    request = requester.request(terms(4000, 0));
  }

  private RequestTerms terms(long seconds, long nonce) {
    return new RequestTerms(
        arena.model.id(),
        arena.inference,
        Arena.FEE,
        chain.now().time() + seconds,
        Arena.REQUESTER,
        FinalityPolicy.least(arena.parameters, arena.truth.length()),
        nonce);
  }

  private Proposer proposerOfOneClaim() {
    AgentLimits all = AgentLimits.DEFAULT;
    AgentLimits one =
        new AgentLimits(
            all.tasks(), all.traces(), 1, all.handOver(), all.longestPause(), all.speeds());
    return new Proposer(
        context(chain.connect(Arena.PROPOSER), journal, one),
        ProposerPolicy.UNANSWERED,
        new Salt(Bytes32.ZERO));
  }

  private AgentContext context(Address account, Journal journal) {
    return context(chain.connect(account), journal);
  }

  private AgentContext context(Arbiter connection, Journal journal) {
    return context(connection, journal, AgentLimits.DEFAULT);
  }

  private AgentContext context(Arbiter connection, Journal journal, AgentLimits limits) {
    return new AgentContext(
        connection,
        connection.deployment(),
        List.of(ModelRunner.ofTraces(arena.model.id(), asked -> new ToyTrace(arena.model, asked))),
        journal,
        heard,
        Runnable::run,
        10,
        limits);
  }

  private Challenger challenger() {
    return new Challenger(context(Arena.CHALLENGER, journal));
  }

  private Proposer proposer() {
    return new Proposer(
        context(Arena.PROPOSER, journal), ProposerPolicy.UNANSWERED, new Salt(Bytes32.ZERO));
  }

  private Arbiter truth() {
    return chain.truth(Arena.STRANGER);
  }

  /** A false claim of the proposer's. */
  private ClaimId lie() {
    var lie = arena.lying(345, 678);
    Arbiter proposer = chain.truth(Arena.PROPOSER);
    ClaimId claim =
        proposer.seal(request, Arena.seal(Arena.PROPOSER, request, lie, Arena.SALT), lie.output());
    chain.mine(60);
    proposer.reveal(claim, Arena.reveal(lie, Arena.SALT));
    return claim;
  }

  private ClaimView claim(ClaimId id) {
    return truth().claim(id).orElseThrow();
  }

  @Test
  void poll_challengeWaits_isNotSentAgainAndToldOnceItIsIncluded() {
    ClaimId claim = lie();
    chain.setMood(ALL_WAIT);
    Challenger challenger = challenger();
    for (int i = 0; i < 5; i++) {
      challenger.poll();
    }
    assertEquals(1, chain.waiting().size());
    assertEquals(List.of(), heard.accepted);
    chain.mine(12);
    challenger.poll();
    assertEquals(1, claim(claim).openGames());
    assertEquals(IntentKind.CHALLENGE, heard.accepted.getFirst().kind());
    assertEquals(List.of(), journal.pending());
    assertEquals(List.of(), heard.failures);
  }

  @Test
  void restart_transactionWaits_isLookedUpAndNotSentTwice() {
    ClaimId claim = lie();
    chain.setMood(ALL_WAIT);
    challenger().poll();
    Transaction sent = chain.waiting().getFirst();
    assertEquals(sent.hash(), journal.pending().getFirst().sent().orElseThrow().hash());
    assertEquals(sent.nonce(), journal.pending().getFirst().sent().orElseThrow().nonce());
    for (int i = 0; i < 3; i++) {
      challenger().poll();
    }
    assertEquals(List.of(sent), chain.waiting());
    chain.mine(12);
    challenger().poll();
    assertEquals(1, claim(claim).games().size());
    assertEquals(List.of(), journal.pending());
    assertEquals(List.of(), heard.refused);
  }

  /** Else a second seal is sent, and more is sealed than there is money for. */
  @Test
  void restart_sealWaits_isNotSentTwice() {
    chain.setMood(ALL_WAIT);
    proposer().poll();
    assertInstanceOf(ArbiterCall.SealClaim.class, chain.waiting().getFirst().call());
    proposer().poll();
    assertEquals(1, chain.waiting().size());
    chain.mine(12);
    proposer().poll();
    assertEquals(1, truth().request(request).orElseThrow().claims().size());
    assertEquals(List.of(), heard.refused);
    assertEquals(List.of(), heard.failures);
  }

  /** Those that wait to be included took all places for challenges, round after round. */
  @Test
  void poll_manyChallengesWait_keepNoOtherFromBeingSent() {
    var lie = arena.lying(345, 678);
    Arbiter proposer = chain.truth(Arena.PROPOSER);
    int claims = 2 * AgentLimits.DEFAULT.tasks().challenges() + 1;
    for (int i = 0; i < claims; i++) {
      Salt salt = new Salt(new Bytes32(i, 0, 0, 0));
      ClaimId claim =
          proposer.seal(request, Arena.seal(Arena.PROPOSER, request, lie, salt), lie.output());
      chain.mine(60);
      proposer.reveal(claim, Arena.reveal(lie, salt));
    }
    chain.setMood(ALL_WAIT);
    Challenger challenger = challenger();
    for (int i = 0; i < 5; i++) {
      challenger.poll();
    }
    assertEquals(claims, chain.waiting().size());
    assertEquals(List.of(), heard.failures);
  }

  /** One place, and the first reveal waits to be included: the second is sent all the same. */
  @Test
  void poll_revealWaits_keepsNoOtherFromBeingSentAndIsToldAsRiskyOnce() {
    chain.truth(Arena.REQUESTER).request(terms(3_900, 1));
    Proposer proposer =
        new Proposer(
            context(
                chain.connect(Arena.PROPOSER),
                journal,
                AgentLimits.DEFAULT.withTasks(new TaskLimits(1024, 1, 8, 2, 0, 2))),
            ProposerPolicy.ALL,
            new Salt(Bytes32.ZERO));
    chain.setFinality(1_000);
    proposer.poll();
    chain.mine(12);
    proposer.poll();
    for (int i = 0; i < 8; i++) {
      chain.mine(50);
    }
    chain.setMood(ALL_WAIT);
    for (int i = 0; i < 5; i++) {
      proposer.poll();
    }
    assertEquals(
        2,
        chain.waiting().stream()
            .filter(it -> it.call() instanceof ArbiterCall.RevealClaim)
            .count());
    assertEquals(2, heard.risky.size());
    assertEquals(2, Set.copyOf(heard.risky).size());
    assertEquals(List.of(), heard.failures);
  }

  /** An endpoint that lies about one number must not stop an intent for ever. */
  @Test
  void poll_receiptOfABlockThatNeverComes_isDecidedAnewAfterSomeBlocks() {
    ClaimId claim = lie();
    List<TransactionHash> lost = new ArrayList<>();
    Arbiter lying =
        Endpoints.with(
            chain.connect(Arena.CHALLENGER),
            (name, arguments, call) -> {
              if (name.equals("broadcast") && lost.isEmpty()) {
                lost.add(((Transaction) arguments[0]).hash());
                return null;
              }
              if (name.equals("outcome") && lost.contains(arguments[0])) {
                return new TransactionOutcome.Included(
                    new Receipt(BlockHash.NONE, Long.MAX_VALUE, 0, Wei.ZERO));
              }
              return call.answer();
            });
    Challenger challenger = new Challenger(context(lying, journal));
    for (int i = 0; i < 40; i++) {
      challenger.poll();
      chain.mine(12);
    }
    assertEquals(1, claim(claim).openGames());
    assertEquals(List.of(), heard.failures);
  }

  @Test
  void poll_transactionIsReplaced_isDecidedAnew() {
    ClaimId claim = lie();
    chain.setMood(ALL_WAIT);
    Challenger challenger = challenger();
    challenger.poll();
    Transaction first = chain.waiting().getFirst();
    chain.connect(Arena.CHALLENGER).cancel(first.hash(), first.nonce());
    challenger.poll();
    challenger.poll();
    assertEquals(1, chain.waiting().size());
    assertTrue(chain.waiting().getFirst().nonce() > first.nonce());
    chain.mine(12);
    challenger.poll();
    assertEquals(1, claim(claim).openGames());
  }

  /** It waits on the endpoint that it was sent to, perhaps; after some blocks it does not. */
  @Test
  void poll_transactionThatNobodyKnows_isDecidedAnewAfterSomeBlocks() {
    ClaimId claim = lie();
    chain.setMood(ALL_WAIT);
    Challenger challenger = challenger();
    challenger.poll();
    chain.removeTransactions(1); // takes what waits, and the reveal, which comes again
    chain.truth(Arena.PROPOSER).reveal(claim, Arena.reveal(arena.lying(345, 678), Arena.SALT));
    challenger.poll();
    assertEquals(0, chain.waiting().size());
    for (int i = 0; i < 4; i++) {
      chain.mine(12);
      challenger.poll();
    }
    chain.mine(12);
    assertEquals(1, claim(claim).games().size());
  }

  /** Its nonce would keep all that the account sends later from being included. */
  @Test
  void poll_transactionNeverArrives_itsNonceIsFreed() {
    ClaimId claim = lie();
    List<Long> lost = new ArrayList<>();
    List<Long> freed = new ArrayList<>();
    Arbiter flaky =
        Endpoints.with(
            chain.connect(Arena.CHALLENGER),
            (name, arguments, call) -> {
              if (name.equals("broadcast") && lost.isEmpty()) {
                lost.add(((Transaction) arguments[0]).nonce());
                throw new IllegalStateException("the endpoint fails");
              }
              if (name.equals("cancel")) {
                freed.add((Long) arguments[1]);
              }
              return call.answer();
            });
    Challenger challenger = new Challenger(context(flaky, journal));
    for (int i = 0; i < 6; i++) {
      challenger.poll();
      chain.mine(12);
    }
    assertEquals(1, claim(claim).openGames());
    assertEquals(1, lost.size());
    assertEquals(lost, freed);
  }

  /** The journal knows hash and nonce, and more is not needed: the process that sent it is gone. */
  @Test
  void restart_transactionNeverArrived_itsNonceIsFreedAndItIsDecidedAnew() {
    ClaimId claim = lie();
    List<Object> freed = new ArrayList<>();
    Arbiter losing =
        Endpoints.with(
            chain.connect(Arena.CHALLENGER),
            (name, _, call) -> {
              if (name.equals("broadcast")) {
                throw new IllegalStateException("the endpoint fails");
              }
              return call.answer();
            });
    new Challenger(context(losing, journal)).poll();
    SentTransaction lost = journal.pending().getFirst().sent().orElseThrow();
    Arbiter noting =
        Endpoints.with(
            chain.connect(Arena.CHALLENGER),
            (name, arguments, call) -> {
              if (name.equals("cancel")) {
                freed.add(new SentTransaction((TransactionHash) arguments[0], (Long) arguments[1]));
              }
              return call.answer();
            });
    Challenger restarted = new Challenger(context(noting, journal));
    for (int i = 0; i < 6; i++) {
      restarted.poll();
      chain.mine(12);
    }
    assertEquals(List.of(lost), freed);
    assertEquals(1, claim(claim).openGames());
    assertEquals(List.of(), journal.pending());
  }

  /** The endpoint that is asked does not know it yet; another has included it. */
  @Test
  void restart_transactionWasIncludedAfterAll_changesNothing() {
    ClaimId claim = lie();
    long sequence =
        journal.begin(
            Intent.of(
                IntentKind.CHALLENGE, GameId.of(Arena.IDENTITY, claim, Arena.CHALLENGER).value()));
    Arbiter connection = chain.connect(Arena.CHALLENGER);
    Transaction sent =
        connection.sign(
            new ArbiterCall.Challenge(
                claim,
                arena.chooser().challenge(claim(claim).finalRoot().orElseThrow(), arena.truth)));
    journal.sent(sequence, new SentTransaction(sent.hash(), sent.nonce()));
    connection.broadcast(sent);
    Arbiter forgetful =
        Endpoints.with(
            connection,
            (name, arguments, call) ->
                name.equals("outcome") && arguments[0].equals(sent.hash())
                    ? new TransactionOutcome.Unknown()
                    : call.answer());
    Challenger restarted = new Challenger(context(forgetful, journal));
    for (int i = 0; i < 6; i++) {
      restarted.poll();
      chain.mine(12);
    }
    assertInstanceOf(TransactionOutcome.Included.class, connection.outcome(sent.hash()));
    assertEquals(1, claim(claim).games().size());
    assertEquals(List.of(), journal.pending());
    assertEquals(List.of(), heard.refused);
    assertEquals(List.of(), heard.failures);
  }

  /** Its claim may have to be defended, and its bond is not locked yet. */
  @Test
  void restart_sealWaits_countsAmongTheAnswersInTheMaking() {
    chain.truth(Arena.REQUESTER).request(terms(3_900, 1));
    chain.truth(Arena.REQUESTER).request(terms(3_800, 2));
    chain.setMood(ALL_WAIT);
    proposerOfOneClaim().poll();
    assertEquals(1, chain.waiting().size());
    chain.truth(Arena.REQUESTER);
    for (int i = 0; i < 3; i++) {
      proposerOfOneClaim().poll();
    }
    assertEquals(1, chain.waiting().size());
  }

  /** The endpoint that tells that it is included is ahead of the one that is read. */
  @Test
  void poll_sealIsInABlockThatWasNotRead_countsAmongTheAnswersInTheMaking() {
    chain.truth(Arena.REQUESTER).request(terms(3_900, 1));
    chain.setMood(ALL_WAIT);
    Proposer proposer = proposerOfOneClaim();
    proposer.poll();
    chain.mine(12);
    chain.setLag(1);
    proposer.poll();
    proposer.poll();
    assertEquals(1, heard.accepted.size());
    assertEquals(List.of(), chain.waiting());
    chain.setLag(0);
    proposer.poll();
    assertEquals(List.of(), chain.waiting());
  }

  /** Whatever others send first, an honest answer that waits is still taken. */
  @Test
  void pendingMove_whateverOthersSendBefore_isAccepted() {
    ClaimId claim = lie();
    var lie = arena.lying(345, 678);
    GameId game =
        chain
            .truth(Arena.CHALLENGER)
            .challenge(claim, arena.chooser().challenge(lie.finalRoot(), arena.truth));
    int moves = 0;
    while (status(game) == GameStatus.OPEN) {
      GameView at = truth().game(game).orElseThrow();
      boolean honest = at.player(at.position().toMove()).equals(Arena.CHALLENGER);
      if (honest) {
        sendEverything(at, Arena.PROPOSER);
        sendEverything(at, Arena.STRANGER);
        assertEquals(at.positionHash(), truth().game(game).orElseThrow().positionHash());
        moves++;
      }
      arena.sendBy(
          chain.truth(honest ? Arena.CHALLENGER : Arena.PROPOSER),
          at,
          arena.choose(at, honest ? arena.truth : lie).orElseThrow());
    }
    assertEquals(GameStatus.CHALLENGER_WON, status(game));
    assertTrue(moves > 3);
  }

  private GameStatus status(GameId game) {
    return truth().game(game).orElseThrow().status();
  }

  private void sendEverything(GameView at, Address sender) {
    List<ArbiterCall> calls = new ArrayList<>();
    for (var trace : List.of(arena.truth, arena.lying(345, 678), arena.lying(3, 3))) {
      if (at.position().phase().accepts() != MoveKind.WITNESS) {
        arena.choose(at, trace).ifPresent(move -> calls.add(GamePlayer.call(at.position(), move)));
      }
    }
    calls.add(new ArbiterCall.TimeOut(at.position().summary()));
    calls.add(new ArbiterCall.Close(at.position().summary()));
    calls.add(new ArbiterCall.Settle(at.claim()));
    calls.add(new ArbiterCall.Expire(at.claim()));
    for (ArbiterCall call : calls) {
      assertThrows(ArbiterRefusedException.class, () -> chain.truth(sender).send(call));
    }
  }

  @Test
  void await_eachOutcome_isAResultOrATypedException() {
    Arbiter connection = chain.connect(Arena.STRANGER);
    Duration soon = Duration.ofMillis(50);
    Transaction included = connection.sign(new ArbiterCall.Withdraw());
    assertInstanceOf(TransactionOutcome.Unknown.class, connection.outcome(included.hash()));
    connection.broadcast(included);
    assertEquals(chain.now().number(), connection.await(included.hash(), soon).number());
    Transaction reverted = connection.sign(new ArbiterCall.Refund(request));
    connection.broadcast(reverted);
    assertThrows(ArbiterRefusedException.class, () -> connection.await(reverted.hash(), soon));
    chain.setMood(ALL_WAIT);
    Transaction pending = connection.sign(new ArbiterCall.Withdraw());
    connection.broadcast(pending);
    assertInstanceOf(TransactionOutcome.Pending.class, connection.outcome(pending.hash()));
    var late =
        assertThrows(
            TransactionTimeoutException.class, () -> connection.await(pending.hash(), soon));
    assertEquals(pending.hash(), late.transaction());
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> connection.await(pending.hash(), soon));
    assertTrue(Thread.interrupted());
    connection.cancel(pending.hash(), pending.nonce());
    var replaced =
        assertThrows(
            TransactionReplacedException.class, () -> connection.await(pending.hash(), soon));
    assertEquals(pending.hash(), replaced.replaced());
    connection.broadcast(pending);
    assertEquals(List.of(), chain.waiting());
  }
}
