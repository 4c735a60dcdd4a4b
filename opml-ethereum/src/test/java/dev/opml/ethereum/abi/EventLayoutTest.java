package dev.opml.ethereum.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.ByteVector;
import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.Prompt;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.SamplingParameters;
import dev.opml.api.inference.StopPolicy;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.PositionWord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventLayoutTest {
  private static final int ROUNDS = 200;

  @Test
  void decode_anyEvent_isTheEvent() {
    for (long seed = 0; seed < ROUNDS; seed++) {
      long it = seed;
      for (ArbiterEvent event : RandomEvents.all(new Samples(seed))) {
        EventLogs log = EventLogs.of(event);
        ArbiterEvent decoded = decode(event, log.allTopics(), log.data().encode());
        assertEquals(event, decoded, () -> "seed " + it);
      }
    }
  }

  @Test
  void decode_allLayouts_areTried() {
    long layouts =
        RandomEvents.all(new Samples(1)).stream()
            .map(event -> EventLogs.of(event).layout())
            .distinct()
            .count();
    assertEquals(EventLayout.values().length, layouts);
  }

  @Test
  void decode_anyPartOfTheData_isMalformed() {
    for (ArbiterEvent event : RandomEvents.all(new Samples(2))) {
      EventLogs log = EventLogs.of(event);
      byte[] data = log.data().encode();
      for (int length = 0; length < data.length; length++) {
        byte[] part = Arrays.copyOf(data, length);
        decodeOrMalformed(event, log.allTopics(), part); // padding may be missing
      }
      if (data.length > 0) {
        assertThrows(
            MalformedAbiException.class, () -> decode(event, log.allTopics(), new byte[31]));
      }
    }
  }

  @Test
  void decode_anyOtherByte_isAnEventOrMalformed() {
    for (long seed = 0; seed < 20; seed++) {
      Samples samples = new Samples(seed);
      for (ArbiterEvent event : RandomEvents.all(samples)) {
        EventLogs log = EventLogs.of(event);
        byte[] data = log.data().encode();
        for (int i = 0; i < Math.min(data.length, 600); i++) {
          byte[] other = data.clone();
          other[i] ^= (byte) (1 << samples.below(8));
          decodeOrMalformed(event, log.allTopics(), other);
          other[i] = (byte) 0xff;
          decodeOrMalformed(event, log.allTopics(), other);
        }
      }
    }
  }

  /** Decodes what may be another event, where the model of `event` is known. */
  private static ArbiterEvent decode(ArbiterEvent event, List<Bytes32> topics, byte[] data) {
    Optional<GraphHeader> header =
        event instanceof ArbiterEvent.RequestMade it
            ? Optional.of(Samples.headerFor(it.terms().inference().prompt()))
            : Optional.empty();
    return EventLayout.decode(topics, data, _ -> header);
  }

  /** Decodes an event where no model is known. */
  private static void decodeOther(List<Bytes32> topics, byte[] data) {
    ArbiterEvent _ = EventLayout.decode(topics, data, _ -> Optional.empty());
  }

  private static void decodeOrMalformed(ArbiterEvent event, List<Bytes32> topics, byte[] data) {
    try {
      ArbiterEvent _ = decode(event, topics, data);
    } catch (MalformedAbiException _) {
      // What an endpoint can be told.
    }
  }

  @Test
  void decode_otherTopics_isMalformed() {
    for (ArbiterEvent event : RandomEvents.all(new Samples(3))) {
      EventLogs log = EventLogs.of(event);
      byte[] data = log.data().encode();
      List<Bytes32> more = new ArrayList<>(log.allTopics());
      more.add(Bytes32.ZERO);
      List<Bytes32> fewer = log.allTopics().subList(0, log.topics().size());
      for (List<Bytes32> wrong :
          List.of(more, fewer, List.<Bytes32>of(), List.of(new Bytes32(1, 2, 3, 4)))) {
        assertThrows(MalformedAbiException.class, () -> decode(event, wrong, data));
      }
    }
  }

  @Test
  void decode_lengthsOfGigabytes_allocateNothing() {
    Samples samples = new Samples(4);
    Bytes32 huge = new Bytes32(0, 0, 0, Integer.MAX_VALUE);
    Bytes32 offset = new Bytes32(0, 0, 0, 4 * 32);
    byte[] challenged =
        new AbiTuple()
            .word(samples.position(Phase.NODES).pack())
            .word(samples.word())
            .word(samples.word())
            .word(offset)
            .word(huge)
            .encode();
    List<Bytes32> topics =
        List.of(EventLayout.CHALLENGED.topic(), samples.word(), samples.word(), Bytes32.ZERO);
    assertThrows(MalformedAbiException.class, () -> decodeOther(topics, challenged));
    byte[] sealed =
        new AbiTuple()
            .unsigned(1)
            .word(samples.word())
            .word(offset)
            .word(samples.word())
            .word(huge)
            .encode();
    List<Bytes32> of =
        List.of(EventLayout.CLAIM_SEALED.topic(), samples.word(), samples.word(), Bytes32.ZERO);
    assertThrows(MalformedAbiException.class, () -> decodeOther(of, sealed));
  }

  @Test
  void decode_requestWhoseInputRootIsAnothers_isMalformed() {
    ArbiterEvent event = RandomEvents.all(new Samples(5)).get(1);
    EventLogs log = EventLogs.of(event);
    byte[] data = log.data().encode();
    data[32] ^= 1; // the input root
    assertThrows(MalformedAbiException.class, () -> decode(event, log.allTopics(), data));
  }

  @Test
  void decode_requestToAnUnknownModel_isMalformed() {
    EventLogs log = EventLogs.of(RandomEvents.all(new Samples(8)).get(1));
    byte[] data = log.data().encode();
    assertThrows(MalformedAbiException.class, () -> decodeOther(log.allTopics(), data));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 5, 8})
  void decode_bytesOfAnyLength_areOfTheKindThatTheModelReads(int length) {
    Samples samples = new Samples(length);
    byte[] bytes = samples.bytes(length);
    bytes[length - 1] &= 0x7f; // a token id is no negative number
    bytes[Math.min(3, length - 1)] &= 0x7f;
    ArbiterEvent ofBytes = request(length, ByteVector.of(bytes));
    EventLogs log = EventLogs.of(ofBytes);
    byte[] data = log.data().encode();
    assertEquals(ofBytes, decode(ofBytes, log.allTopics(), data));
    Optional<GraphHeader> ofTokens = Optional.of(Samples.headerFor(TokenIds.of()));
    if (length == Integer.BYTES) {
      // The same region, so nothing but the model tells which of the two was asked for.
      assertEquals(
          request(length, TokenIds.decode(bytes)),
          EventLayout.decode(log.allTopics(), data, _ -> ofTokens));
    } else {
      assertThrows(
          MalformedAbiException.class,
          () -> EventLayout.decode(log.allTopics(), data, _ -> ofTokens));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void decode_tokens_areThoseOfAModelOfTokensOnly(int count) {
    ArbiterEvent event = request(count, new Samples(count).tokens(count));
    EventLogs log = EventLogs.of(event);
    assertEquals(event, decode(event, log.allTopics(), log.data().encode()));
  }

  @Test
  void decode_promptOfNoBytes_isMalformed() {
    ArbiterEvent event = request(9, ByteVector.of(new byte[] {0}));
    EventLogs log = EventLogs.of(event);
    byte[] data = log.data().encode();
    int length = 32 * (4 + 8 + 13) + 31; // behind the heads of event, terms and inference
    assertEquals(1, data[length]);
    data[length] = 0;
    assertThrows(MalformedAbiException.class, () -> decode(event, log.allTopics(), data));
    Optional<GraphHeader> ofTokens = Optional.of(Samples.headerFor(TokenIds.of()));
    assertThrows(
        MalformedAbiException.class,
        () -> EventLayout.decode(log.allTopics(), data, _ -> ofTokens));
  }

  /** Requests of the same seed differ in their prompts only. */
  private static ArbiterEvent request(long seed, Prompt prompt) {
    Samples samples = new Samples(seed);
    InferenceRequest inference =
        new InferenceRequest(prompt, 1, SamplingParameters.GREEDY, StopPolicy.NEVER);
    return RandomEvents.requestMade(samples, samples.terms(new ModelId(samples.word()), inference));
  }

  @Test
  void decode_positionWithoutAnEnd_isMalformed() {
    Samples samples = new Samples(6);
    PositionWord word = samples.position(Phase.NODES);
    byte[] data = new AbiTuple().word(word.pack()).word(samples.word()).words(List.of()).encode();
    List<Bytes32> topics = List.of(EventLayout.MACHINE_OPENED.topic(), samples.word());
    assertThrows(MalformedAbiException.class, () -> decodeOther(topics, data));
  }

  @Test
  void decode_endedByNobodyKnown_isMalformed() {
    GameEvent.Ended ended = (GameEvent.Ended) RandomEvents.all(new Samples(7)).getLast();
    EventLogs log = EventLogs.of(ended);
    for (int field : new int[] {31, 63}) {
      byte[] data = log.data().encode();
      data[field] = 3;
      assertThrows(MalformedAbiException.class, () -> decodeOther(log.allTopics(), data));
    }
  }
}
