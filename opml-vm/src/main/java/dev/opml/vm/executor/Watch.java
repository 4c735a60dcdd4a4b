package dev.opml.vm.executor;

import dev.opml.api.inference.CancelledException;
import dev.opml.api.inference.InferenceListener;
import dev.opml.vm.engine.Checkpoint;

/**
 * Ends a call that its listener cancels, whose thread is interrupted, or whose executor is closed.
 * May be asked on any thread; the listener hears from the thread that made the call only.
 */
final class Watch implements Checkpoint {
  private final InferenceListener listener;
  private final Runnable requireOpen;
  private final Thread caller = Thread.currentThread();
  private long lastDone = -1;

  /**
   * Watches a call of the current thread.
   *
   * @param requireOpen throws if the executor is closed
   */
  Watch(InferenceListener listener, Runnable requireOpen) {
    this.listener = listener;
    this.requireOpen = requireOpen;
  }

  /**
   * Ends the call if it is to end.
   *
   * @throws CancelledException if the listener or an interrupt says so
   */
  void check() {
    requireOpen.run();
    boolean own = Thread.currentThread() == caller;
    if (caller.isInterrupted() || (own && listener.isCancelled())) {
      throw new CancelledException();
    }
  }

  /** Tells the listener how far the call is, if that is news, unless it is to end. */
  void report(String stage, long done, long total) {
    check();
    if (Thread.currentThread() == caller && done != lastDone) {
      lastDone = done;
      listener.onProgress(stage, done, total);
    }
  }

  @Override
  public void reached(int position) {
    check();
  }
}
