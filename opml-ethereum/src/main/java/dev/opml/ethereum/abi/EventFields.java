package dev.opml.ethereum.abi;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.image.GraphHeader;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The fields of an event.
 *
 * @param topics the indexed ones, in their order
 * @param data the others
 * @param headers of registered models
 */
record EventFields(
    List<Bytes32> topics, AbiInput data, Function<ModelId, Optional<GraphHeader>> headers) {
  Address address(int topic) {
    return AbiInput.address(topics.get(topic));
  }

  RequestId request(int topic) {
    return new RequestId(topics.get(topic));
  }

  ClaimId claim(int topic) {
    return new ClaimId(topics.get(topic));
  }

  GameId game() {
    return new GameId(topics.getFirst());
  }
}
