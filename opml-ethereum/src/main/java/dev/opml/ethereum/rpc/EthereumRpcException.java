package dev.opml.ethereum.rpc;

import dev.opml.api.OpmlException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An endpoint did not answer, refused to, or answered with something that is no answer. */
public class EthereumRpcException extends OpmlException {
  private static final long serialVersionUID = 1L;

  /** Longest text of an endpoint that a message repeats, in characters. */
  private static final int MOST_TEXT = 300;

  /** Endpoints give it as a text, or inside an object. */
  private static final Pattern HEX = Pattern.compile("0x([0-9a-fA-F]*)");

  /** The kind of failure. */
  public enum Kind {
    /** Nobody answers there. */
    UNREACHABLE,
    /** The answer was broken off, or longer than the limit. */
    BROKEN_OFF,
    /** It took too long. */
    TIMEOUT,
    /** The endpoint answered with an error, of HTTP or of JSON-RPC. */
    ERROR,
    /** The answer is not what the method answers with, or contradicts what was asked. */
    MALFORMED
  }

  private final String endpoint;
  private final String method;
  private final Kind kind;
  private final String text;
  private final @Nullable String revertData;

  /**
   * Creates the exception.
   *
   * @param endpoint name of the endpoint
   * @param method JSON-RPC method
   * @param kind what was wrong
   * @param text what was wrong, in words; of an endpoint's own words, the beginning is kept
   * @param revertData JSON with what a reverted call returned, as hexadecimal digits, if it said so
   * @param cause the cause, if there is one
   */
  public EthereumRpcException(
      String endpoint,
      String method,
      Kind kind,
      @Nullable String text,
      @Nullable String revertData,
      @Nullable Throwable cause) {
    super(endpoint + ", " + method + ": " + kind + ": " + printable(text), cause);
    this.endpoint = endpoint;
    this.method = method;
    this.kind = kind;
    this.text = printable(text);
    this.revertData = revertData;
  }

  private static String printable(@Nullable String text) {
    if (text == null) {
      return "";
    }
    String start = text.substring(0, Math.min(text.length(), MOST_TEXT));
    return start.replaceAll("\\p{Cntrl}", " ");
  }

  /** Name of the endpoint. */
  public String endpoint() {
    return endpoint;
  }

  /** JSON-RPC method. */
  public String method() {
    return method;
  }

  /** The kind of failure. */
  public Kind kind() {
    return kind;
  }

  /** Data that a reverted call returned, if the endpoint said so. */
  public Optional<byte[]> revertData() {
    Matcher digits = HEX.matcher(revertData == null ? "" : revertData);
    if (!digits.find() || digits.group(1).length() % 2 != 0) {
      return Optional.empty();
    }
    return Optional.of(HexFormat.of().parseHex(digits.group(1)));
  }

  /** Whether fewer blocks might have been answered. */
  public boolean mayBeTooMuch() {
    return !saysBusy() && (kind == Kind.BROKEN_OFF || kind == Kind.TIMEOUT || kind == Kind.ERROR);
  }

  /** Whether the same may be answered later. */
  private boolean saysBusy() {
    return (getCause() instanceof HttpStatusException status && status.saysTooManyRequests())
        || says("429 ", "too many requests", "rate limit");
  }

  /** Whether an error says one of these things. */
  boolean says(String... words) {
    String lower = text.toLowerCase(Locale.ROOT);
    for (String word : words) {
      if (kind == Kind.ERROR && lower.contains(word)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the account that asked has less than what the call would bring, or cost. */
  public boolean saysInsufficientFunds() {
    return says("insufficient funds", "insufficient balance");
  }

  /** Whether the endpoint does not know the block that it was asked about. */
  boolean saysUnknownBlock() {
    return says(
        "header not found",
        "header for hash not found",
        "unknown block",
        "block not found",
        "blocknotfound",
        "could not find block",
        "cannot find block",
        "missing block",
        "resource not found",
        "block does not exist");
  }

  /** Whether the endpoint has the transaction already, or had it. */
  boolean saysKnownTransaction() {
    return says(
        "already known",
        " known transaction", // after the error's number; not: unknown transaction type
        "already imported",
        "already in mempool",
        "transaction already exists",
        "nonce too low");
  }
}
