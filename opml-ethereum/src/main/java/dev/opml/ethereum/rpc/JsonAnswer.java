package dev.opml.ethereum.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import org.web3j.protocol.core.Response;

/** Any answer of an endpoint, not yet read. */
public final class JsonAnswer extends Response<JsonNode> {}
