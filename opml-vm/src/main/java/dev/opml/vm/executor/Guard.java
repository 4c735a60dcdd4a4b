package dev.opml.vm.executor;

import dev.opml.api.inference.CancelledException;
import java.util.function.Supplier;

/**
 * Guards every call of an executor and of its traces: the call is counted, and what is wrong with
 * the executor or the model's file is thrown as what it is.
 *
 * @param calls the executor's calls
 * @param file the model's file
 */
record Guard(Calls calls, ModelFile file) {
  /**
   * Makes a call.
   *
   * @throws CancelledException if the thread is interrupted
   * @throws dev.opml.api.inference.ExecutorClosedException if the executor is closed
   * @throws dev.opml.api.inference.ModelFileChangedException if the model's file was changed
   */
  <T> T call(Supplier<T> work) {
    if (Thread.currentThread().isInterrupted()) {
      calls.requireOpen();
      throw new CancelledException();
    }
    return calls.call(() -> file.use(work));
  }
}
