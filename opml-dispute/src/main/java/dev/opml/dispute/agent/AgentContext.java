package dev.opml.dispute.agent;

import dev.opml.api.ModelId;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.Deployment;
import dev.opml.dispute.journal.Journal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * The surroundings of an agent.
 *
 * @param arbiter connection of the agent's account
 * @param expected the deployment that the agent trusts
 * @param runners the models that it serves; nothing else is touched
 * @param journal where it writes what it is about to send; its own
 * @param listener who watches
 * @param workers runs its tasks, each game's on its own; {@code Runnable::run} for one at a time,
 *     or virtual threads
 * @param marginSeconds how long before a deadline the agent does not start anything any more
 * @param limits bounds of its work at once
 */
public record AgentContext(
    Arbiter arbiter,
    Deployment expected,
    List<ModelRunner> runners,
    Journal journal,
    AgentListener listener,
    Executor workers,
    long marginSeconds,
    AgentLimits limits) {
  /**
   * Compares the arbiter with the expected deployment. {@link #listener()} will pass everything on
   * to {@code listener}, but not what that throws.
   *
   * @throws UnexpectedDeploymentException if they differ
   */
  public AgentContext {
    runners = List.copyOf(runners);
    listener = GuardedListener.of(listener);
    Deployment actual = arbiter.deployment();
    if (!actual.equals(expected)) {
      throw new UnexpectedDeploymentException(expected, actual);
    }
  }

  /**
   * A context with {@link AgentLimits#DEFAULT}.
   *
   * @throws UnexpectedDeploymentException if the arbiter is not the expected one
   */
  public AgentContext(
      Arbiter arbiter,
      Deployment expected,
      List<ModelRunner> runners,
      Journal journal,
      AgentListener listener,
      Executor workers,
      long marginSeconds) {
    this(
        arbiter, expected, runners, journal, listener, workers, marginSeconds, AgentLimits.DEFAULT);
  }

  /**
   * Seconds for which a run or a trace in the making keeps others waiting: as many as two take, and
   * a move's time. It hangs, perhaps, if it takes longer.
   *
   * @param work seconds that one takes
   */
  long patience(long work) {
    return 2 * work + expected.parameters().clocks().secondsPerMove();
  }

  Optional<ModelRunner> runner(ModelId model) {
    return runners.stream().filter(runner -> runner.model().equals(model)).findFirst();
  }
}
