package dev.opml.ethereum.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.Bytes32;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.ethereum.Tools;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParametersAbiTest {
  private static final Bytes32 FIRST = new Bytes32(1, 2, 3, 4);
  private static final Bytes32 SECOND = new Bytes32(5, 6, 7, 8);

  private static byte[] programs(String list) throws Exception {
    String encoded = Tools.cast("abi-encode", "f((uint256,bytes32)[])", list);
    return HexFormat.of().parseHex(encoded.substring(2));
  }

  @Test
  void decode_whatTheContractReturns_isTheParameters() throws Exception {
    ArbiterParameters parameters = ArbiterParameters.standard(Set.of(FIRST, SECOND));
    byte[] programs = programs("[(2," + FIRST + "),(2," + SECOND + ")]");
    byte[] encoded = ParametersAbi.encode(parameters).encode();
    assertEquals(23 * 32, encoded.length);
    assertEquals(parameters, ParametersAbi.decode(encoded, programs));
  }

  @Test
  void decode_parametersThatNoDeploymentHas_isMalformed() throws Exception {
    byte[] programs = programs("[]");
    byte[] good = ParametersAbi.encode(ArbiterParameters.standard(Set.of(FIRST))).encode();
    for (int word = 0; word < 23; word++) {
      byte[] huge = good.clone();
      huge[32 * word] = 1;
      assertThrows(MalformedAbiException.class, () -> ParametersAbi.decode(huge, programs));
    }
    byte[] zeros = new byte[good.length];
    assertThrows(MalformedAbiException.class, () -> ParametersAbi.decode(zeros, programs));
    assertThrows(MalformedAbiException.class, () -> ParametersAbi.decode(new byte[0], programs));
    assertThrows(MalformedAbiException.class, () -> ParametersAbi.decode(good, new byte[0]));
  }

  @Test
  void decode_listOfProgramsThatIsNotThere_isMalformed() throws Exception {
    byte[] good = ParametersAbi.encode(ArbiterParameters.standard(Set.of(FIRST))).encode();
    byte[] endless = new AbiTuple().unsigned(32).unsigned(Integer.MAX_VALUE).word(FIRST).encode();
    assertThrows(MalformedAbiException.class, () -> ParametersAbi.decode(good, endless));
  }
}
