package dev.opml.dispute.agent;

import dev.opml.api.image.MemoryRegion;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.RequestView;
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
   * Reads a request and checks all that the chain says of it, before money is staked on it.
   *
   * @throws UnexpectedRequestException naming the first part in which the chain differs
   */
  static RequestView checked(AgentContext context, RequestId asked) {
    RequestView request = context.request(asked);
    require(request, "id", asked, request.id());
    requireComputed(context, request);
    return request;
  }

  /**
   * Reads a claim and checks that it is the one that was asked for, about this request and with
   * these tokens.
   *
   * @throws UnexpectedRequestException naming the first part in which the chain differs
   */
  static ClaimView checked(AgentContext context, ClaimId asked, RequestView request) {
    ClaimView claim = context.claim(asked);
    ClaimId computed =
        ClaimId.of(context.expected().identity(), request.id(), claim.proposer(), claim.seal());
    require(request, "claim", asked, computed);
    require(request, "claim", asked, claim.id());
    require(request, "outputRoot", Commitments.outputRoot(claim.output()), claim.outputRoot());
    return claim;
  }

  private static void requireComputed(AgentContext context, RequestView request) {
    RequestTerms terms = request.terms();
    require(
        request, "id", terms.id(context.expected().identity(), request.requester()), request.id());
    ModelView model = context.arbiter().model(terms.model()).orElseThrow();
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

  private static void require(RequestView request, String field, Object computed, Object actual) {
    if (!computed.equals(actual)) {
      throw new UnexpectedRequestException(request.id(), field, computed, actual);
    }
  }
}
