package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.TransactionTimeoutException;
import dev.opml.dispute.chain.Windows;
import dev.opml.examples.demo.Gain;
import dev.opml.vm.executor.GgufExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code opml chain request}: asks a model. */
@Command(
    name = "request",
    sortOptions = false,
    description =
        "Asks a registered model and locks a fee for the answer, which 'opml chain claims' shows. "
            + "Gives proposers ten minutes more to answer than the deployment demands at least.")
final class ChainRequestCommand extends Subcommand {
  @Mixin private ArbiterOptions arbiter = new ArbiterOptions();

  @Mixin private ModelOption model = new ModelOption();

  @Option(names = "--prompt", paramLabel = "TEXT", description = "Text to continue; may be empty.")
  private @Nullable String prompt;

  @Mixin private InferenceOptions inference = new InferenceOptions();

  @Option(
      names = "--fee",
      paramLabel = "ETHER",
      converter = EtherAmount.class,
      description = "For the proposer whose claim becomes final; default 0.001.")
  private Wei fee = Wei.gwei(1_000_000);

  @Option(
      names = "--bond",
      paramLabel = "ETHER",
      converter = EtherAmount.class,
      description = "What a proposer has to risk; default: the least that the deployment allows.")
  private @Nullable Wei bond;

  @Option(
      names = "--window",
      paramLabel = "SECONDS",
      description = "Time for challenges; default: the least that the deployment allows.")
  private @Nullable Long window;

  @Mixin private KeyOptions key = new KeyOptions();

  ChainRequestCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  @Nullable Path subject() {
    return model.subject();
  }

  @Override
  boolean execute(ObjectNode result) throws IOException {
    inference.check(this, "--prompt", prompt);
    try (GgufExecutor executor = model.open(this)) {
      InferenceRequest asked = inference.request(this, executor, prompt);
      Arbiter requester = arbiter.connect(this, key);
      RequestTerms terms = terms(requester, executor, asked);
      RequestId id = terms.id(requester.deployment().identity(), requester.account());
      terminal().err().println("opml: sending request " + id); // whatever happens then
      send(requester, terms, id);
      result
          .put("request", id.toString())
          .put("model", terms.model().toString())
          .put("feeWei", terms.fee().amount())
          .put("bondWei", terms.policy().bond().amount())
          .put("challengeWindow", terms.policy().challengeWindow())
          .put("sealingDeadline", terms.sealingDeadline());
      sayLine("request " + id);
      sayLine(
          "fee %s, bond %s, %,d s for challenges"
              .formatted(
                  Gain.ether(fee.amount()),
                  Gain.ether(terms.policy().bond().amount()),
                  terms.policy().challengeWindow()));
    }
    return true;
  }

  private static void send(Arbiter requester, RequestTerms terms, RequestId id) {
    try {
      RequestId _ = requester.request(terms);
    } catch (TransactionTimeoutException e) {
      throw new UnseenRequestException(id, e);
    }
  }

  private RequestTerms terms(Arbiter requester, GgufExecutor executor, InferenceRequest asked) {
    ArbiterParameters parameters = requester.deployment().parameters();
    long traceLength = asked.traceLength(executor.model().header());
    FinalityPolicy least = FinalityPolicy.least(parameters, traceLength);
    // It may take that long until the request is in a block, and then has to leave the least time.
    long sealing = Windows.of(parameters).leastSealing(traceLength) + Arbiter.PATIENCE.toSeconds();
    return new RequestTerms(
        executor.model().modelId(),
        asked,
        fee,
        requester.head().block().time()
            + Math.min(sealing, parameters.windows().longestSealingWindow()),
        requester.account(),
        new FinalityPolicy(
            window == null ? least.challengeWindow() : window, bond == null ? least.bond() : bond),
        ThreadLocalRandom.current().nextLong(Long.MAX_VALUE));
  }
}
