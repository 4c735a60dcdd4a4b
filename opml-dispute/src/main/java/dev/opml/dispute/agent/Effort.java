package dev.opml.dispute.agent;

import dev.opml.api.ModelId;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.WorkRules;
import java.util.Map;
import java.util.Optional;

/**
 * The time that requests take on this machine: what the deployment allows for them, or what was
 * measured, if that is more.
 */
record Effort(WorkRules work, Map<ModelId, Speed> speeds) {
  static Effort of(AgentContext context) {
    return new Effort(context.expected().parameters().work(), context.limits().speeds());
  }

  /** Seconds of a run. */
  long run(ModelId model, long traceLength) {
    return Math.max(
        work.seconds(traceLength),
        measured(model).map(speed -> speed.runSeconds(traceLength)).orElse(0L));
  }

  /** Seconds of a trace. */
  long trace(ModelId model, long traceLength) {
    return Math.max(
        work.seconds(traceLength),
        measured(model).map(speed -> speed.traceSeconds(traceLength)).orElse(0L));
  }

  /** Whether this machine was measured to take longer for an answer than there is left for it. */
  boolean isTooLongToAnswer(RequestView request, long secondsLeft) {
    return measured(request.terms().model())
        .filter(speed -> speed.runSeconds(request.traceLength()) > secondsLeft)
        .isPresent();
  }

  /** Whether this machine was measured to take longer for a check and a trace than the window. */
  boolean isTooLongToChallenge(RequestView request) {
    return measured(request.terms().model())
        .filter(speed ->
            speed.runSeconds(request.traceLength()) + speed.traceSeconds(request.traceLength())
                > request.terms().policy().challengeWindow())
        .isPresent();
  }

  private Optional<Speed> measured(ModelId model) {
    return Optional.ofNullable(speeds.get(model));
  }
}
