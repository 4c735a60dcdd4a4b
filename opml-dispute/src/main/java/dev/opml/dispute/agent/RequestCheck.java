package dev.opml.dispute.agent;

import dev.opml.api.image.MemoryRegion;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.view.ChainView;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.SiblingPaths;
import dev.opml.merkle.ZeroSubtrees;

/**
 * Computes what a chain says about a request again, from its terms and the model's id alone, which
 * the agent has derived from its own file.
 */
final class RequestCheck {
  private RequestCheck() {}

  /**
   * Checks all that a chain says of a request, before money is staked on it.
   *
   * @throws UnexpectedRequestException naming the first part in which the chain differs
   */
  static void requireComputed(AgentContext context, ChainView chain, RequestView request) {
    RequestTerms terms = request.terms();
    require(
        request, "id", terms.id(context.expected().identity(), request.requester()), request.id());
    ModelView model = chain.model(terms.model()).orElseThrow();
    require(
        request, "model", terms.model(), Commitments.modelId(model.imageRoot(), model.header()));
    require(
        request,
        "inputPath",
        model.imageRoot().value(),
        SiblingPaths.fold(
            model.inputPath(), MemoryRegion.INPUT, ZeroSubtrees.root(MemoryRegion.INPUT.height())));
    var inputRoot = Commitments.inputRoot(terms.inference());
    require(request, "inputRoot", inputRoot, request.inputRoot());
    require(
        request,
        "initialRoot",
        Commitments.initialRoot(inputRoot, model.inputPath()),
        request.initialRoot());
    require(
        request,
        "traceLength",
        terms.inference().traceLength(model.header()),
        request.traceLength());
  }

  /**
   * Checks that a claim is about a request, as its id says, and has the tokens that its output root
   * says.
   *
   * @throws UnexpectedRequestException naming the first part in which the chain differs
   */
  static void requireComputed(AgentContext context, RequestView request, ClaimView claim) {
    ClaimId computed =
        ClaimId.of(context.expected().identity(), request.id(), claim.proposer(), claim.seal());
    require(request, "claim", computed, claim.id());
    require(request, "outputRoot", Commitments.outputRoot(claim.output()), claim.outputRoot());
  }

  private static void require(RequestView request, String field, Object computed, Object actual) {
    if (!computed.equals(actual)) {
      throw new UnexpectedRequestException(request.id(), field, computed, actual);
    }
  }
}
