package dev.opml.vm.chat;

/** Hears a reply as it comes. Called on the thread that runs it, in order. */
public interface ReplyListener {
  /** Ignores everything. */
  ReplyListener NONE = text -> {};

  /**
   * More text has come. All texts together are that of the {@link Reply}; none splits a character.
   */
  void onText(String text);

  /**
   * Work advanced.
   *
   * @param stage what is being done, for people
   * @param done units done
   * @param total units in all
   */
  default void onProgress(String stage, long done, long total) {}

  /** Whether the reply is to end here. */
  default boolean isCancelled() {
    return false;
  }
}
