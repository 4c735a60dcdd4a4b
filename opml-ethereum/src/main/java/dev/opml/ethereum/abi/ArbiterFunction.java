package dev.opml.ethereum.abi;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The functions of the arbiter's contract that a client calls. */
public enum ArbiterFunction {
  /** Registers a model. */
  REGISTER("register(" + Signatures.REGISTRATION + ",bytes32,string)"),
  /** Makes a request; takes its fee. */
  REQUEST("request(" + Signatures.TERMS + "," + Signatures.MODEL + ")"),
  /** Seals a claim; takes its bond. */
  SEAL_CLAIM("sealClaim(bytes32,bytes32,bytes)"),
  /** Reveals a claim. */
  REVEAL("reveal(bytes32,bytes32,bytes32,bytes)"),
  /** Ends a claim that was not revealed. */
  EXPIRE("expire(bytes32)"),
  /** Makes a claim final. */
  SETTLE("settle(bytes32)"),
  /** Pays a request's fee. */
  PAY_FEE("payFee(bytes32)"),
  /** Gives a request's fee back. */
  REFUND("refund(bytes32)"),
  /** Challenges a claim; takes the challenger's bond. */
  CHALLENGE("challenge(bytes32,bytes32,bytes32[])"),
  /** Answers a subdivision. */
  SUBDIVIDE("subdivide(bytes32,address,uint256,uint256,bytes32[])"),
  /** Opens a node's machine trace. */
  OPEN_MACHINE("openMachine(bytes32,address,uint256,bytes,bytes32[])"),
  /** Answers a subdivision by one instruction, and executes it. */
  PROVE("prove(bytes32,address,uint256,uint256,bytes32[],bytes)"),
  /** Executes the disputed instruction. */
  SUBMIT_WITNESS("submitWitness(bytes32,address,uint256,bytes32,bytes32,bytes32,bytes)"),
  /** Ends a game by its clock. */
  TIME_OUT("timeOut(bytes32,address,uint256,bytes32,bytes32)"),
  /** Ends a game whose claim was refuted in another. */
  CLOSE("close(bytes32,address,uint256,bytes32,bytes32)"),
  /** Pays the sender what it can withdraw. */
  WITHDRAW("withdraw()"),
  /** Tells the parameters. */
  PARAMETERS("parameters()"),
  /** Tells the guest programs that may be registered. */
  PROGRAMS("programs()"),
  /** Tells what an account can withdraw. */
  CREDITS("credits(address)"),
  /** Tells the contract that executes instructions. */
  MACHINE("MACHINE()"),
  /** Tells the contract that knows images. */
  RULES("RULES()");

  private final String signature;

  ArbiterFunction(String signature) {
    this.signature = signature;
  }

  /** Name and types of the arguments. */
  public String signature() {
    return signature;
  }

  /**
   * The function that a transaction calls.
   *
   * @param input its data; anything
   * @return empty if it is none of these
   */
  public static Optional<ArbiterFunction> of(byte[] input) {
    return Arrays.stream(values())
        .filter(function ->
            input.length >= Signatures.SELECTOR_SIZE
                && Arrays.equals(
                    Signatures.selector(function.signature),
                    Arrays.copyOf(input, Signatures.SELECTOR_SIZE)))
        .findFirst();
  }

  /** A call: the selector and the arguments. */
  public byte[] call(AbiTuple arguments) {
    byte[] encoded = arguments.encode();
    return ByteBuffer.allocate(Signatures.SELECTOR_SIZE + encoded.length)
        .put(Signatures.selector(signature))
        .put(encoded)
        .array();
  }
}
