package dev.opml.dispute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.dispute.internal.Preimage;
import dev.opml.merkle.Keccak256;
import java.math.BigInteger;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ValuesTest {
  @Test
  void address_hex_roundTrips() {
    String hex = "0x00000001000000000000000200000000000000ff";
    Address address = Address.fromHex(hex);
    assertEquals(hex, address.toHex());
    assertEquals(new Address(1, 2, 255), address);
    assertEquals(address, Address.fromHex(hex.substring(2)));
    assertThrows(IllegalArgumentException.class, () -> Address.fromHex("0x01"));
    assertNotEquals(Address.named("a"), Address.named("b"));
  }

  @Test
  void wei_outsideUint256_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> Wei.of(-1));
    assertThrows(IllegalArgumentException.class, () -> Wei.ZERO.minus(Wei.of(1)));
    BigInteger most = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);
    assertEquals(most, new Wei(most).amount());
    assertThrows(IllegalArgumentException.class, () -> new Wei(most).plus(Wei.of(1)));
    assertEquals(Wei.ether(1), Wei.gwei(1_000_000_000));
  }

  @Test
  void wei_oneAmount_fits96Bits() {
    assertEquals(96, Wei.MOST.amount().bitLength());
    assertTrue(Wei.MOST.fits());
    assertFalse(Wei.MOST.plus(Wei.of(1)).fits());
    Wei.MOST.requireFits("an amount");
    assertThrows(
        IllegalArgumentException.class, () -> Wei.MOST.plus(Wei.of(1)).requireFits("an amount"));
  }

  @Test
  void wei_dividedBy_roundsDown() {
    assertEquals(Wei.of(3), Wei.of(11).dividedBy(3));
    assertEquals(Wei.ZERO, Wei.of(2).dividedBy(3));
    assertThrows(ArithmeticException.class, () -> Wei.of(2).dividedBy(0));
  }

  /** Solidity's abi.encodePacked of (uint8, uint64, uint256, address, bytes32), by hand. */
  @Test
  void preimage_fields_areBigEndianAndOfFixedWidth() {
    byte[] expected =
        HexFormat.of()
            .parseHex(
                "07"
                    + "0102030405060708"
                    + "00".repeat(31)
                    + "09"
                    + "ff".repeat(32)
                    + "00000001000000000000000200000000000000ff"
                    + "00".repeat(31)
                    + "05");
    assertEquals(
        Keccak256.hash(expected),
        new Preimage()
            .u8(7)
            .u64(0x0102030405060708L)
            .u256(9)
            .u256(BigInteger.TWO.pow(256).subtract(BigInteger.ONE))
            .raw(new Address(1, 2, 255).toByteArray())
            .bytes32(new Bytes32(0, 0, 0, 5))
            .keccak());
  }
}
