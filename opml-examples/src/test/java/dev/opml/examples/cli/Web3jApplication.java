package dev.opml.examples.cli;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.image.Registration;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Penalties;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.dispute.Address;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.ethereum.anvil.Anvil;
import dev.opml.ethereum.wrappers.Arbiter;
import dev.opml.ethereum.wrappers.ClaimVerifier;
import dev.opml.ethereum.wrappers.Oracle;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import org.web3j.abi.DefaultFunctionEncoder;
import org.web3j.abi.datatypes.generated.Uint256;
import org.web3j.crypto.Credentials;
import org.web3j.protocol.Web3j;
import org.web3j.protocol.core.methods.response.TransactionReceipt;
import org.web3j.protocol.http.HttpService;
import org.web3j.tx.RawTransactionManager;
import org.web3j.tx.TransactionManager;
import org.web3j.tx.gas.ContractGasProvider;
import org.web3j.tx.gas.StaticGasProvider;

/** An application that knows the contracts by web3j's wrappers only. */
final class Web3jApplication implements AutoCloseable {
  private static final int POLLS = 300;
  private static final int POLL_MILLIS = 100;
  private static final String NOBODY = org.web3j.abi.datatypes.Address.DEFAULT.getValue();

  private final Web3j web3j;
  private final TransactionManager account;
  private final ContractGasProvider gas =
      new StaticGasProvider(Wei.gwei(5).amount(), BigInteger.valueOf(8_000_000));
  private final Arbiter arbiter;

  private Web3jApplication(Web3j web3j, TransactionManager account, Address arbiter) {
    this.web3j = web3j;
    this.account = account;
    this.arbiter = Arbiter.load(arbiter.toHex(), web3j, account, gas);
  }

  static Web3jApplication start(Anvil anvil, Bytes32 key, Address arbiter) {
    Web3j web3j = Web3j.build(new HttpService(anvil.address().toString()));
    TransactionManager account =
        new RawTransactionManager(
            web3j, Credentials.create(key.toHex()), Anvil.CHAIN_ID, POLLS, POLL_MILLIS);
    return new Web3jApplication(web3j, account, arbiter);
  }

  Oracle deployOracle() throws Exception {
    return Oracle.deploy(web3j, account, gas, arbiter.getContractAddress()).send();
  }

  ClaimVerifier deployVerifier() throws Exception {
    return ClaimVerifier.deploy(web3j, account, gas, arbiter.getContractAddress()).send();
  }

  /** Asks so that nobody is called, and returns what the arbiter made of it. */
  Arbiter.RequestMadeEventResponse ask(
      Oracle oracle,
      ModelId model,
      Registration registered,
      InferenceRequest request,
      FinalityPolicy policy,
      long deadline,
      Wei fee)
      throws Exception {
    Oracle.RequestTerms terms =
        new Oracle.RequestTerms(
            model.value().toByteArray(),
            inference(request),
            BigInteger.ZERO,
            BigInteger.valueOf(deadline),
            NOBODY,
            BigInteger.valueOf(policy.challengeWindow()),
            policy.bond().amount(),
            BigInteger.ZERO);
    Oracle.Model known =
        new Oracle.Model(
            registered.imageRoot().value().toByteArray(),
            registered.header().encode(),
            registered.inputPath().encoded());
    TransactionReceipt receipt =
        oracle.askModel(terms, known, NOBODY, BigInteger.ZERO, fee.amount()).send();
    return Arbiter.getRequestMadeEvents(receipt).getFirst();
  }

  private static Oracle.Inference inference(InferenceRequest it) {
    return new Oracle.Inference(
        it.prompt().encode(),
        BigInteger.valueOf(it.maxNewTokens()),
        BigInteger.valueOf(it.stopPolicy().code()),
        sampling(it.sampling()),
        new byte[0]);
  }

  private static Oracle.Sampling sampling(SamplingParameters it) {
    Penalties penalties = it.penalties();
    return new Oracle.Sampling(
        bits(it.temperature()),
        BigInteger.valueOf(it.topK()),
        bits(it.topP()),
        bits(it.minP()),
        BigInteger.valueOf(it.seed()),
        bits(penalties.repeat()),
        bits(penalties.presence()),
        bits(penalties.frequency()),
        BigInteger.valueOf(penalties.window()));
  }

  private static BigInteger bits(float value) {
    return BigInteger.valueOf(Integer.toUnsignedLong(Float.floatToRawIntBits(value)));
  }

  /** The root of the output of a request that is final. */
  byte[] outputRoot(byte[] request) throws Exception {
    return arbiter.result(request).send().component2();
  }

  /** The proof that a {@link ClaimVerifier} asks for beside a request's roots. */
  static byte[] proof(Arbiter.RequestMadeEventResponse made) {
    Arbiter.RequestTerms terms = made.terms;
    String encoded =
        new DefaultFunctionEncoder()
            .encodeParameters(
                List.of(
                    new org.web3j.abi.datatypes.Address(made.requester),
                    new Uint256(terms.fee),
                    new Uint256(terms.sealingDeadline),
                    new org.web3j.abi.datatypes.Address(terms.consumer),
                    new Uint256(terms.challengeWindow),
                    new Uint256(terms.bond),
                    new Uint256(terms.nonce)));
    return HexFormat.of().parseHex(encoded);
  }

  @Override
  public void close() {
    web3j.shutdown();
  }
}
