package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.Bytes32;
import dev.opml.api.OpmlException;
import dev.opml.api.TokenIds;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.view.ArbiterView;
import dev.opml.vm.executor.GgufExecutor;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code opml chain claims}: requests, and what was answered. */
@Command(
    name = "claims",
    sortOptions = false,
    description =
        "Shows all requests and the claims on them, those that are decided too. With --model, the"
            + " answers that it gave are shown as text. The answer of a request that is final is"
            + " that of its final claim.")
final class ChainClaimsCommand extends Subcommand {
  @Mixin private ArbiterOptions arbiter = new ArbiterOptions();

  @Option(
      names = "--request",
      paramLabel = "ID",
      converter = Identity.class,
      description = "Only this request.")
  private @Nullable Bytes32 request;

  @Option(names = "--model", paramLabel = "FILE", description = "GGUF file.")
  private @Nullable Path model;

  @Mixin private EngineOptions engine = new EngineOptions();

  ChainClaimsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  boolean execute(ObjectNode result) {
    ArbiterView seen = arbiter.history(this);
    Collection<RequestView> requests =
        request == null ? seen.requests() : List.of(find(seen, new RequestId(request)));
    if (model == null) {
      describe(seen, requests, null, result);
    } else {
      try (GgufExecutor executor = GgufExecutor.open(model, engine.checkedOptions(this))) {
        describe(seen, requests, executor, result);
      }
    }
    return true;
  }

  private static RequestView find(ArbiterView seen, RequestId id) {
    return seen.request(id).orElseThrow(() -> new OpmlException("there is no request " + id));
  }

  private void describe(
      ArbiterView seen,
      Collection<RequestView> requests,
      @Nullable GgufExecutor executor,
      ObjectNode result) {
    result.put("block", seen.head().number());
    ArrayNode all = result.putArray("requests");
    for (RequestView each : requests) {
      ObjectNode object = all.addObject();
      describe(each, object);
      ArrayNode claims = object.putArray("claims");
      each.claims().stream()
          .flatMap(id -> seen.claim(id).stream())
          .forEach(claim -> describe(claim, text(each, claim, executor), claims.addObject()));
    }
  }

  private void describe(RequestView it, ObjectNode object) {
    object
        .put("request", it.id().toString())
        .put("status", Printable.name(it.status()))
        .put("requester", it.requester().toHex())
        .put("model", it.terms().model().toString())
        .put("feeWei", it.terms().fee().amount())
        .put("bondWei", it.terms().policy().bond().amount())
        .put("challengeWindow", it.terms().policy().challengeWindow())
        .put("sealingDeadline", it.sealingDeadline());
    it.finalClaim().ifPresent(claim -> object.put("finalClaim", claim.toString()));
    sayLine(
        "request %s %s, %,d nodes, by %s"
            .formatted(it.id(), Printable.name(it.status()), it.traceLength(), it.requester()));
  }

  private void describe(ClaimView it, Optional<String> text, ObjectNode object) {
    object
        .put("claim", it.id().toString())
        .put("status", Printable.name(it.status()))
        .put("proposer", it.proposer().toHex());
    ArrayNode output = object.putArray("output");
    it.output().stream().forEach(output::add);
    text.ifPresent(words -> object.put("text", words));
    it.finalRoot().ifPresent(root -> object.put("finalRoot", root.toString()));
    it.challenge().ifPresent(window -> object.put("challengeDeadline", window.deadline()));
    object.put("games", it.games().size()).put("openGames", it.openGames());
    sayLine(
        "  claim %s %s, %d tokens, by %s"
            .formatted(it.id(), Printable.name(it.status()), it.output().size(), it.proposer()));
    text.ifPresent(words -> sayLine("    " + Printable.line(words)));
  }

  /** The claimed text, if the model is the one that was asked. */
  private static Optional<String> text(
      RequestView request, ClaimView claim, @Nullable GgufExecutor executor) {
    return executor != null
            && executor.model().modelId().equals(request.terms().model())
            && request.terms().inference().prompt() instanceof TokenIds prompt
        ? GeneratedText.of(executor, prompt, claim.output())
        : Optional.empty();
  }
}
