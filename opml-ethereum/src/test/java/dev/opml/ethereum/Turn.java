package dev.opml.ethereum;

import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The outcome of a call.
 *
 * @param at the block that the call is in, or would be
 * @param refusal why it changed nothing
 * @param held all that the arbiter has, after it
 * @param credits what each account can withdraw
 */
record Turn(
    Block at,
    Address sender,
    Optional<Refusal> refusal,
    List<ArbiterEvent> events,
    Wei held,
    Map<Address, Wei> credits) {}
