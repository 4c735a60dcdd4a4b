package dev.opml.ethereum;

import dev.opml.api.image.Registration;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.RequestTerms;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/** The contracts' structs, calls and errors, written for tests only. */
final class Signatures {
  static final String REGISTRATION = "(bytes32,bytes,bytes,bytes32,bytes,bytes,bytes,bytes)";
  static final String MODEL = "(bytes32,bytes,bytes)";
  static final String INFERENCE =
      "(bytes,uint32,uint8,(uint32,uint32,uint32,uint32,uint64,uint32,uint32,uint32,uint32),bytes)";
  static final String TERMS =
      "(bytes32," + INFERENCE + ",uint256,uint64,address,uint64,uint256,uint64)";

  private Signatures() {}

  static Abi of(Registration it) {
    return Abi.struct(
        Abi.word(it.imageRoot().value()),
        Abi.data(it.header().encode()),
        Abi.data(it.headerPath().encoded()),
        Abi.word(it.programRoot()),
        Abi.data(it.programPath().encoded()),
        Abi.data(it.inputPath().encoded()),
        Abi.data(it.outputPath().encoded()),
        Abi.data(it.statePath().encoded()));
  }

  /** The model as a request repeats it. */
  static Abi model(Registration it) {
    return Abi.struct(
        Abi.word(it.imageRoot().value()),
        Abi.data(it.header().encode()),
        Abi.data(it.inputPath().encoded()));
  }

  static Abi of(InferenceRequest it) {
    ByteBuffer choices =
        ByteBuffer.allocate(
                it.choices().list().stream().mapToInt(choice -> 4 + 4 * choice.size()).sum())
            .order(ByteOrder.LITTLE_ENDIAN);
    it.choices().list().forEach(choice -> choices.putInt(choice.size()).put(choice.encode()));
    return Abi.struct(
        Abi.data(it.prompt().encode()),
        Abi.number(it.maxNewTokens()),
        Abi.number(it.stopPolicy().code()),
        of(it.sampling()),
        Abi.data(choices.array()));
  }

  private static Abi of(SamplingParameters it) {
    return Abi.struct(
        bits(it.temperature()),
        Abi.number(it.topK()),
        bits(it.topP()),
        bits(it.minP()),
        Abi.unsigned(it.seed()),
        bits(it.penalties().repeat()),
        bits(it.penalties().presence()),
        bits(it.penalties().frequency()),
        Abi.number(it.penalties().window()));
  }

  private static Abi bits(float value) {
    return Abi.number(Integer.toUnsignedLong(Float.floatToRawIntBits(value)));
  }

  static Abi of(RequestTerms it) {
    return Abi.struct(
        Abi.word(it.model().value()),
        of(it.inference()),
        Abi.wei(it.fee()),
        Abi.unsigned(it.sealingDeadline()),
        Abi.address(it.consumer()),
        Abi.unsigned(it.policy().challengeWindow()),
        Abi.wei(it.policy().bond()),
        Abi.unsigned(it.nonce()));
  }

  static Abi of(ArbiterParameters it) {
    return Abi.struct(
        Abi.number(it.arity().nodes()),
        Abi.number(it.arity().instructions()),
        Abi.number(it.clocks().seconds()),
        Abi.number(it.clocks().machineSeconds()),
        Abi.number(it.clocks().secondsPerMove()),
        Abi.number(it.windows().revealDelay()),
        Abi.number(it.windows().revealWindow()),
        Abi.number(it.windows().challengeWindow()),
        Abi.number(it.windows().sealingWindow()),
        Abi.number(it.windows().longestChallengeWindow()),
        Abi.number(it.windows().longestSealingWindow()),
        Abi.wei(it.money().claimBond()),
        Abi.wei(it.money().claimBondPerNode()),
        Abi.wei(it.money().challengerBond()),
        Abi.wei(it.money().bounty()),
        Abi.number(it.money().burnBasisPoints()),
        Abi.wei(it.money().rewards().move()),
        Abi.wei(it.money().rewards().end()),
        Abi.wei(it.money().rewards().witness()),
        Abi.number(it.money().coveredGames()),
        Abi.number(it.work().nodeMicros()),
        Abi.number(it.work().longestSeconds()),
        Abi.number(it.blockSeconds()));
  }

  /**
   * A call of the market, not of a game.
   *
   * @param model what a request repeats of its model
   */
  static byte[] encode(ArbiterCall call, Registration model) {
    return switch (call) {
      case ArbiterCall.Register(var registration, var source) ->
          Abi.call(
              "register(" + REGISTRATION + ",bytes32,string)",
              of(registration),
              Abi.word(source.fileHash()),
              Abi.data(source.location().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
      case ArbiterCall.Request(var terms) ->
          Abi.call("request(" + TERMS + "," + MODEL + ")", of(terms), model(model));
      case ArbiterCall.SealClaim(var request, var seal, var output) ->
          Abi.call(
              "sealClaim(bytes32,bytes32,bytes)",
              Abi.word(request.value()),
              Abi.word(seal.value()),
              Abi.data(output.encode()));
      case ArbiterCall.RevealClaim(var claim, var reveal) ->
          Abi.call(
              "reveal(bytes32,bytes32,bytes32,bytes)",
              Abi.word(claim.value()),
              Abi.word(reveal.finalRoot().value()),
              Abi.word(reveal.salt().value()),
              Abi.data(reveal.outputPath().encoded()));
      case ArbiterCall.Expire(var claim) -> Abi.call("expire(bytes32)", Abi.word(claim.value()));
      case ArbiterCall.Settle(var claim) -> Abi.call("settle(bytes32)", Abi.word(claim.value()));
      case ArbiterCall.PayFee(var request) ->
          Abi.call("payFee(bytes32)", Abi.word(request.value()));
      case ArbiterCall.Refund(var request) ->
          Abi.call("refund(bytes32)", Abi.word(request.value()));
      case ArbiterCall.Withdraw() -> Abi.call("withdraw()");
      default -> throw new IllegalArgumentException("a game's: " + call);
    };
  }

  /** An error: {@code INVALID_WITNESS} is {@code InvalidWitness()}. */
  static byte[] encode(Refusal refusal) {
    if (refusal == Refusal.CLAIM_REFUTED) {
      return Abi.selector("ClaimRefutedElsewhere()");
    }
    StringBuilder name = new StringBuilder();
    for (String part : refusal.name().split("_", -1)) {
      name.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
    }
    return Abi.selector(name + "()");
  }
}
