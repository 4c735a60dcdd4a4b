package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.ethereum.rpc.BlockNode;
import dev.opml.ethereum.rpc.EthereumRpcException;
import dev.opml.ethereum.rpc.FakeNode;
import dev.opml.ethereum.rpc.NodeLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LogRangesTest {
  private static final Address CONTRACT = Address.fromHex("aa".repeat(20));

  private final FakeNode fake = new FakeNode();
  private final LogRanges ranges = new LogRanges(CONTRACT);

  /** A log in each block, as long as no more than so many blocks are asked for. */
  private void answersBlocks(long most) {
    fake.computes(
        "eth_getLogs",
        parameters -> {
          Map<?, ?> filter = (Map<?, ?>) parameters.getFirst();
          long from = Long.decode(filter.get("fromBlock").toString());
          long to = Long.decode(filter.get("toBlock").toString());
          if (to - from + 1 > most) {
            throw new IllegalStateException("query returned more than 10000 results");
          }
          return LongStream.rangeClosed(from, to).mapToObj(LogRangesTest::log).collect(list());
        });
  }

  private static Collector<CharSequence, ?, String> list() {
    return Collectors.joining(",", "[", "]");
  }

  private static String log(long number) {
    String topic = "[\"" + Bytes32.ZERO + "\"]";
    return FakeNode.log(number, FakeNode.hash(number), 0, topic, "0x");
  }

  private static List<Long> numbers(List<NodeLog> logs) {
    return logs.stream().map(NodeLog::number).toList();
  }

  @Test
  void all_endpointThatLimitsBlocks_isAskedForParts() {
    for (long most : new long[] {1, 2, 7, 64, 99, 100}) {
      answersBlocks(most);
      List<NodeLog> logs = new LogRanges(CONTRACT).all(fake.blocks(), 10, 109);
      assertEquals(LongStream.rangeClosed(10, 109).boxed().toList(), numbers(logs));
    }
  }

  @Test
  void all_limitThatIsKnown_isKept() {
    answersBlocks(50);
    BlockNode node = fake.blocks();
    ranges.all(node, 0, 99);
    long first = fake.asked("eth_getLogs");
    ranges.all(node, 0, 99);
    assertTrue(fake.asked("eth_getLogs") - first <= 5);
  }

  @Test
  void all_oneBlockFails_fails() {
    answersBlocks(0);
    assertThrows(EthereumRpcException.class, () -> ranges.all(fake.blocks(), 0, 1 << 20));
    assertTrue(fake.asked("eth_getLogs") <= 22);
  }

  @Test
  void all_malformed_isNotAskedInParts() {
    fake.answers("eth_getLogs", "7");
    assertThrows(EthereumRpcException.class, () -> ranges.all(fake.blocks(), 0, 1 << 20));
    assertEquals(1, fake.asked("eth_getLogs"));
  }

  @Test
  void all_logsOfOtherBlocks_areRefused() {
    for (long number : new long[] {9, 20}) {
      fake.answers("eth_getLogs", "[" + log(number) + "]");
      assertThrows(EthereumRpcException.class, () -> ranges.all(fake.blocks(), 10, 19));
    }
  }

  @Test
  void all_logsOfOthers_areRefused() {
    fake.answers("eth_getLogs", "[" + log(12).replace("aa".repeat(20), "bb".repeat(20)) + "]");
    assertThrows(EthereumRpcException.class, () -> ranges.all(fake.blocks(), 10, 19));
    fake.answers("eth_getLogs", "[" + log(12) + "]");
    List<Bytes32> topics = List.of(new Bytes32(1, 0, 0, 0));
    assertThrows(
        EthereumRpcException.class,
        () -> ranges.newest(fake.blocks(), 10, 19, topics, Optional::of));
  }

  @Test
  void newest_severalMatch_isTheLast() {
    for (long most : new long[] {1, 3, 1000}) {
      answersBlocks(most);
      assertEquals(
          Optional.of(42L),
          new LogRanges(CONTRACT)
              .newest(
                  fake.blocks(),
                  0,
                  99,
                  List.of(),
                  log -> log.number() <= 42 ? Optional.of(log.number()) : Optional.empty()));
    }
    assertEquals(
        Optional.empty(), ranges.newest(fake.blocks(), 0, 99, List.of(), _ -> Optional.empty()));
  }

  @Test
  void all_anotherAnswersFewBlocks_isAskedForAllAtOnce() {
    answersBlocks(1);
    ranges.all(fake.blocks(), 0, 99);
    ranges.newest(fake.blocks(), 0, 99, List.of(), _ -> Optional.empty());
    FakeNode other = new FakeNode().answers("eth_getLogs", "[]");
    ranges.all(other.blocks(), 0, 99);
    ranges.newest(other.blocks(), 0, 99, List.of(), _ -> Optional.empty());
    assertEquals(2, other.asked("eth_getLogs"));
  }

  /** An endpoint may say that its newest block has any number. */
  @Test
  void newest_highestNumber_ends() {
    fake.refuses("eth_getLogs", "too many");
    assertTimeoutPreemptively(
        Duration.ofMinutes(1),
        () ->
            assertThrows(
                EthereumRpcException.class,
                () ->
                    ranges.newest(
                        fake.blocks(), 0, Long.MAX_VALUE, List.of(), _ -> Optional.empty())));
    assertTrue(fake.asked("eth_getLogs") <= 64);
  }
}
