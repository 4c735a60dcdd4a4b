package dev.opml.examples.demo;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A chain that is started on a thread of its own, while a model is opened. */
public final class StartingChain implements AutoCloseable {
  private final FutureTask<DemoChain> start;

  /** Begins to start a chain. */
  public StartingChain(Callable<DemoChain> chain) {
    start = new FutureTask<>(chain);
    Thread.ofPlatform().daemon().name("opml-chain").start(start);
  }

  /**
   * The chain, once it has started.
   *
   * @throws IOException if it does not start
   */
  public DemoChain get() throws IOException {
    try {
      return start.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while a chain starts");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException unchecked -> throw unchecked;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /** Ends the chain, if it has started. What that throws is for whoever closes it. */
  @Override
  public void close() {
    DemoChain started;
    try {
      started = get();
    } catch (IOException | RuntimeException _) {
      return; // there is none to end; whoever needed it was told
    }
    started.close();
  }
}
