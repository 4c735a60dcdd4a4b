package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.executor.CrosscheckReport;
import dev.opml.vm.executor.GgufExecutor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code opml crosscheck}: native engine against guest. */
@Command(
    name = "crosscheck",
    sortOptions = false,
    description =
        "Runs native engine and guest node by node and compares every byte of persistent memory.")
final class CrosscheckCommand extends ModelCommand {
  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PROMPT",
      description = "Text to continue; may be empty.")
  private @Nullable String prompt;

  @Mixin private PromptOption ids = new PromptOption();

  @Option(names = "--max-tokens", paramLabel = "N", description = "Tokens to generate; default 8.")
  private int maxTokens = 8;

  @Option(
      names = "--nodes",
      paramLabel = "FROM:TO",
      converter = NodeRange.Converter.class,
      description = "Compare these nodes only, TO exclusive; default: all.")
  private NodeRange nodes = NodeRange.ALL;

  CrosscheckCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  boolean execute(ObjectNode result) {
    ids.check(this, "PROMPT", prompt);
    if (maxTokens < 1) {
      throw usage("--max-tokens must be at least 1, got " + maxTokens);
    }
    try (GgufExecutor executor = open()) {
      InferenceRequest request =
          checked(() ->
              new InferenceRequest(
                  ids.ids(executor, prompt),
                  maxTokens,
                  SamplingParameters.GREEDY,
                  StopPolicy.STOP_TOKENS));
      request.requireFits(executor.model().header());
      long length = request.traceLength(executor.model().header());
      NodeRange range = checked(() -> nodes.within(length));
      CrosscheckReport report =
          executor.crosscheck(
              request, new NodeIndex(range.from()), new NodeIndex(range.to()), progressListener());
      describe(report, result);
      return report.differences() == 0;
    }
  }

  private void describe(CrosscheckReport report, ObjectNode result) {
    result.put("nodes", report.nodes()).put("differences", report.differences());
    sayLine("%,d nodes, %,d differences".formatted(report.nodes(), report.differences()));
    if (report.first().isEmpty()) {
      result.putNull("firstDifference");
      return;
    }
    CrosscheckReport.Difference first = report.first().get();
    var node = first.node();
    result
        .putObject("firstDifference")
        .put("node", node.node().value())
        .put("operator", node.operator())
        .put("layer", node.layer())
        .put("position", node.position())
        .put("address", first.address())
        .put("nativeByte", first.nativeByte())
        .put("guestByte", first.guestByte());
    sayLine(
        "first: node %d (%s, layer %d, position %d), address 0x%x: native 0x%02x, guest 0x%02x"
            .formatted(
                node.node().value(),
                node.operator(),
                node.layer(),
                node.position(),
                first.address(),
                first.nativeByte(),
                first.guestByte()));
  }
}
