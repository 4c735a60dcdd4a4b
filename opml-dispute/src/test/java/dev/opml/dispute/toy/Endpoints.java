package dev.opml.dispute.toy;

import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.LoggedEvent;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Connections through endpoints that do something else than they should. */
public final class Endpoints {
  private Endpoints() {}

  /** Handles a call of a connection. */
  public interface Handler {
    /**
     * Does what the endpoint does instead of, before or after the true call.
     *
     * @param name of the method
     * @param call the true call
     */
    @Nullable Object handle(String name, Object[] arguments, TrueCall call) throws Throwable;
  }

  /** A true endpoint's answer. */
  public interface TrueCall {
    /** Answers. */
    @Nullable Object answer() throws Throwable;
  }

  /** A connection that does what a handler says. */
  public static Arbiter with(Arbiter arbiter, Handler handler) {
    return (Arbiter)
        Proxy.newProxyInstance(
            Arbiter.class.getClassLoader(),
            new Class<?>[] {Arbiter.class},
            (_, method, arguments) ->
                handler.handle(
                    method.getName(), arguments, () -> answer(arbiter, method, arguments)));
  }

  private static @Nullable Object answer(Arbiter arbiter, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(arbiter, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** A connection whose endpoint gives changed events. */
  public static Arbiter changing(Arbiter arbiter, UnaryOperator<ArbiterEvent> change) {
    return with(
        arbiter,
        (_, _, call) -> {
          @Nullable Object answer = call.answer();
          return answer instanceof List<?> events
              ? events.stream()
                  .map(LoggedEvent.class::cast)
                  .map(it ->
                      new LoggedEvent(it.hash(), it.block(), it.index(), change.apply(it.event())))
                  .toList()
              : answer;
        });
  }
}
