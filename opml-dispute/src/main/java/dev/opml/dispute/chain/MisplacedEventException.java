package dev.opml.dispute.chain;

import dev.opml.api.OpmlException;

/** An endpoint answered with an event that is in no place where it was asked for events. */
public final class MisplacedEventException extends OpmlException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param event the event, with the place that it names
   * @param asked the blocks whose events were asked for
   */
  public MisplacedEventException(LoggedEvent event, String asked) {
    super(
        "the endpoint says that event "
            + event.index()
            + " of block "
            + event.block().number()
            + ", "
            + event.hash()
            + ", is among those of "
            + asked
            + ", or comes next there");
  }
}
