package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.Executor;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.inference.Verification;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.Salt;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.ToyTrace;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Measured by a clock of its own. */
class SpeedTest {
  private static final Salt SECRET = new Salt(new Bytes32(4, 4, 4, 4));

  private final Arena arena = new Arena();
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger runs = new AtomicInteger();

  private final Heard heard = new Heard();

  /** A runner of 1,000 nodes, a millisecond each, three in a trace. */
  private final ModelRunner runner =
      new ModelRunner() {
        @Override
        public ModelId model() {
          return arena.model.id();
        }

        @Override
        public Answer answer(InferenceRequest request) {
          runs.getAndIncrement();
          nanos.addAndGet(1_000_000_000);
          return Answer.of(new ToyTrace(arena.model, request));
        }

        @Override
        public Verification verify(Claim claim) {
          runs.getAndIncrement();
          return ModelRunner.ofTraces(model(), this::trace).verify(claim);
        }

        @Override
        public Trace trace(InferenceRequest request) {
          nanos.addAndGet(3_000_000_000L);
          return new ToyTrace(arena.model, request);
        }
      };

  private AgentContext context(Address account, Speed speed) {
    return new AgentContext(
        arena.as(account),
        arena.as(account).deployment(),
        List.of(runner),
        new MemoryJournal(),
        heard,
        Runnable::run,
        10,
        AgentLimits.DEFAULT.withSpeeds(Map.of(arena.model.id(), speed)));
  }

  @Test
  void measure_runAndTrace_areTheTimeOfANode() {
    Speed speed = Speed.measure(runner, arena.inference, nanos::get);
    assertEquals(new Speed(1_000_000, 3_000_000), speed);
    assertEquals(2, speed.runSeconds(1001), "rounded up");
    assertEquals(3000, speed.traceSeconds(1_000_000));
  }

  /** It answers by a trace, so that is what an answer takes. */
  @Test
  void measure_tracingRunner_countsATraceForAnAnswer() {
    Executor executor = mock(Executor.class);
    when(executor.trace(arena.inference)).thenAnswer(_ -> runner.trace(arena.inference));
    Speed speed = Speed.measure(ModelRunner.tracing(executor), arena.inference, nanos::get);
    assertEquals(new Speed(3_000_000, 3_000_000), speed);
  }

  @Test
  void measured_ofARunner_isUnderItsModel() {
    AgentLimits limits = AgentLimits.measured(Map.of(runner, arena.inference));
    assertEquals(List.of(arena.model.id()), List.copyOf(limits.speeds().keySet()));
  }

  /** Its nodes would seem faster than they are. */
  @Test
  void measure_pieceThatStopsEarly_isRefused() {
    ModelRunner stops =
        ModelRunner.ofTraces(arena.model.id(), _ -> new ToyTrace(arena.model, arena.inference));
    assertThrows(
        IllegalArgumentException.class,
        () -> Speed.measure(stops, InferenceRequest.greedy(TokenIds.of(5), 2), nanos::get));
  }

  /** Its clock has 3,600 s for moves and work, of which nine moves take 540 s. */
  @Test
  void proposer_machineTooSlowToDefend_runsNothingAndSaysSoOnce() {
    Proposer proposer =
        new Proposer(context(Arena.PROPOSER, new Speed(1, 3.1e9)), ProposerPolicy.ALL, SECRET);
    for (int i = 0; i < 3; i++) {
      proposer.poll();
      arena.blocks.advance(12);
    }
    assertEquals(0, runs.get());
    assertEquals(List.of("SPEED " + arena.request), heard.declined);
  }

  /** Of 4,000 s for the seal. */
  @Test
  void proposer_machineTooSlowToAnswer_runsNothing() {
    new Proposer(context(Arena.PROPOSER, new Speed(4.1e9, 1)), ProposerPolicy.ALL, SECRET).poll();
    assertEquals(0, runs.get());
    assertEquals(List.of("SPEED " + arena.request), heard.declined);
  }

  @Test
  void proposer_slowerThanTheDeploymentAllows_answersWhatItCanDefend() {
    new Proposer(context(Arena.PROPOSER, new Speed(1e9, 1.9e9)), ProposerPolicy.ALL, SECRET).poll();
    assertEquals(1, runs.get());
    assertEquals(List.of(), heard.declined);
  }

  /** A window of 7,200 s is for the check and the trace. */
  @Test
  void challenger_machineTooSlowToCheck_runsNothingAndSaysSoOnce() {
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.lying(3, 3));
    Challenger slow = new Challenger(context(Arena.CHALLENGER, new Speed(3.6e9, 3.7e9)));
    slow.poll();
    slow.poll();
    assertEquals(0, runs.get());
    assertEquals(List.of("SPEED " + claim), heard.declined);
    new Challenger(context(Arena.CHALLENGER, new Speed(3.5e9, 3.6e9))).poll();
    assertEquals(1, runs.get());
    assertEquals(1, arena.claim(claim).games().size());
  }
}
