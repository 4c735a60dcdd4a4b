package dev.opml.vm.chat;

import dev.opml.api.OpmlException;

/** A model's file holds no chat template, or none of that name. */
public class MissingChatTemplateException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final String key;

  /**
   * Creates the exception.
   *
   * @param key key of the metadata entry that is missing
   */
  public MissingChatTemplateException(String key) {
    super("the model has no chat template: no metadata entry " + key);
    this.key = key;
  }

  /** Key of the metadata entry that is missing. */
  public String key() {
    return key;
  }
}
