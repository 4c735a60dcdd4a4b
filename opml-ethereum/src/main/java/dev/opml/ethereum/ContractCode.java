package dev.opml.ethereum;

import dev.opml.merkle.Keccak256;
import java.nio.ByteBuffer;

/**
 * The code of a deployment.
 *
 * @param arbiter of the arbiter
 * @param machine of the contract that executes an instruction
 * @param rules of the contract that knows images
 */
public record ContractCode(CodeTemplate arbiter, CodeTemplate machine, CodeTemplate rules) {
  /** Stands for code that nobody compares. */
  static final String UNCHECKED = "unchecked";

  private static final int HASHES = 3;

  /** The code that is part of this library. */
  public static ContractCode shipped() {
    return new ContractCode(
        Contract.ARBITER.artefact().template(),
        Contract.MACHINE.artefact().template(),
        Contract.RULES.artefact().template());
  }

  /** Identity of the three: keccak(arbiter ‖ machine ‖ rules), of each one's hash. */
  public String identity() {
    return identity(arbiter, machine, rules);
  }

  /** Identity of three contracts on a chain. */
  String identityOf(byte[] arbiterCode, byte[] machineCode, byte[] rulesCode) {
    return identity(
        new CodeTemplate(arbiter.hashOf(arbiterCode), arbiter.immutables()),
        new CodeTemplate(machine.hashOf(machineCode), machine.immutables()),
        new CodeTemplate(rules.hashOf(rulesCode), rules.immutables()));
  }

  private static String identity(CodeTemplate... contracts) {
    ByteBuffer hashes = ByteBuffer.allocate(HASHES * 32);
    for (CodeTemplate contract : contracts) {
      hashes.put(contract.hash().toByteArray());
    }
    return Keccak256.hash(hashes.array()).toHex();
  }
}
