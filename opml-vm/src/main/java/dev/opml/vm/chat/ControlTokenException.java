package dev.opml.vm.chat;

import dev.opml.api.OpmlException;

/** A message has the name of a control token in it, and would become that token in a prompt. */
public class ControlTokenException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final int message;
  private final String name;

  /**
   * Creates the exception.
   *
   * @param message place of the message in the conversation, from 0
   * @param name name of the token
   */
  public ControlTokenException(int message, String name) {
    super(
        "message %d has the name of the control token %s in it, and would become that token"
            .formatted(message, name));
    this.message = message;
    this.name = name;
  }

  /** Place of the message in the conversation, from 0. */
  public int message() {
    return message;
  }

  /** Name of the token. */
  public String name() {
    return name;
  }
}
