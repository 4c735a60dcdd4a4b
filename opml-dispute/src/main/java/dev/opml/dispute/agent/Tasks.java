package dev.opml.dispute.agent;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs at most one task a key at a time, so that a stuck one delays only itself, and of each kind
 * of work at most as many at once, and in one round, as its limit says. Whatever a task throws is
 * told to the listener and stays its own failure, and the task waits before it can be started
 * again; workers that refuse or block one kind do not keep a round from the others. What the
 * workers have not begun by the next round, though a bond hangs on it, runs without them.
 * Thread-safe.
 */
final class Tasks {
  private static final int MOST_FAILURES = 4096;

  /** Pauses of a failed task, in seconds: twice as long each time. */
  private static final long FIRST_PAUSE = 1;

  /** The longest that it waits, in seconds, while a clock runs or a bond hangs on it. */
  private static final long LONGEST_URGENT_PAUSE = 12;

  private final Executor workers;
  private final GuardedListener listener;
  private final AgentLimits limits;
  private final Map<Work, Lane> lanes = new EnumMap<>(Work.class);

  /** Time of the round, in seconds since 1970. */
  private volatile long now;

  private final Map<Object, Integer> failures =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Integer> eldest) {
          return size() > MOST_FAILURES;
        }
      };

  /** The last that the workers have not begun in time. */
  private volatile @Nullable HandedOver late;

  /** A task that the workers have; runs once, on the thread that comes first. */
  private static final class HandedOver {
    private final Runnable task;
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile boolean reached;

    HandedOver(Runnable task) {
      this.task = task;
    }

    void runByWorkers() {
      reached = true;
      run();
    }

    void run() {
      if (begun.compareAndSet(false, true)) {
        task.run();
      }
    }
  }

  /** The tasks of one kind. */
  private static final class Lane {
    private final int limit;
    private final int overdue;
    private final Backoff<Object> failed;

    /** Until when each that is running keeps its place. */
    private final Map<Object, Long> running = new HashMap<>();

    /** Tasks that the workers have not begun. */
    private final Map<Object, HandedOver> handedOver = new HashMap<>();

    private int startable;
    private boolean blocked;

    /** Called when a task has ended. */
    private volatile Runnable next = () -> {};

    /**
     * Makes one.
     *
     * @param overdue how many that have lost their place may go on beside as many as the limit
     */
    Lane(int limit, int overdue, Backoff<Object> failed) {
      this.limit = limit;
      this.overdue = overdue;
      this.failed = failed;
      this.startable = limit;
    }

    synchronized void nextRound(long now) {
      startable = limit - places(now);
    }

    private int places(long now) {
      long late = running.values().stream().filter(until -> until < now).count();
      return running.size() - (int) Math.min(late, overdue);
    }

    /** Takes a place; a task that is still being handed over keeps its kind waiting. */
    synchronized boolean enter(Object key, long now, long until) {
      if (blocked
          || startable <= 0
          || places(now) >= limit
          || running.containsKey(key)
          || !failed.allows(key, now)) {
        return false;
      }
      running.put(key, until);
      startable--;
      blocked = true;
      return true;
    }

    /**
     * Gives a place back, in this round, too, unless the task ran on the thread that hands it over:
     * that one keeps the round from its games.
     */
    synchronized void leave(Object key) {
      running.remove(key);
      handedOver.remove(key);
      if (HandOver.origin() == Thread.currentThread()) {
        startable++;
      }
    }

    synchronized void handOver(Object key, HandedOver task) {
      handedOver.put(key, task);
    }

    /** Takes back what the workers have not begun; their hand-over may still be under way. */
    synchronized List<HandedOver> takeBack() {
      List<HandedOver> waiting =
          handedOver.values().stream().filter(task -> !task.begun.get()).toList();
      blocked &= waiting.isEmpty();
      return waiting;
    }

    synchronized void unblock() {
      blocked = false;
    }

    synchronized boolean isBusy(long now) {
      return places(now) > 0;
    }

    synchronized Set<Object> running() {
      return Set.copyOf(running.keySet());
    }
  }

  Tasks(AgentContext context) {
    this(context.workers(), context.listener(), context.limits());
  }

  Tasks(Executor workers, AgentListener listener, AgentLimits limits) {
    this.workers = workers;
    this.listener = GuardedListener.of(listener);
    this.limits = limits;
    limits
        .tasks()
        .with(limits.traces())
        .forEach((work, limit) -> lanes.put(work, lane(work, limit)));
  }

  private Lane lane(Work work, int limit) {
    int overdue =
        switch (work) {
          case TRACE -> limits.traces().overdue();
          case CHECK -> limits.tasks().overdueChecks();
          case GAME, REVEAL, CLAIM, CHALLENGE, ANSWER -> 0;
        };
    long longest = isUrgent(work) ? LONGEST_URGENT_PAUSE : limits.longestPause().toSeconds();
    return new Lane(limit, overdue, new Backoff<>(FIRST_PAUSE, longest));
  }

  /**
   * Allows of each kind as many starts as its limit leaves beside what is still under way.
   *
   * @param now in seconds since 1970
   */
  void nextRound(long now) {
    this.now = now;
    lanes.forEach((work, lane) -> {
      if (isUrgent(work)) {
        lane.takeBack().forEach(this::runWithoutWorkers);
      }
      lane.nextRound(now);
    });
  }

  /** Whether a bond hangs on it that it begins soon, whatever else the workers have to do. */
  private static boolean isUrgent(Work work) {
    return switch (work) {
      case GAME, REVEAL, CLAIM, CHALLENGE, TRACE -> true;
      case CHECK, ANSWER -> false;
    };
  }

  private void runWithoutWorkers(HandedOver task) {
    late = task;
    startThread(task::run);
  }

  private static void startThread(Runnable task) {
    Thread.ofPlatform().daemon().name("opml-urgent").start(task);
  }

  /** The workers, unless a bond hangs on it and they still keep another waiting. */
  private Executor workers(Work work) {
    HandedOver last = late;
    boolean busy = last != null && !last.reached;
    return isUrgent(work) && busy ? Tasks::startThread : workers;
  }

  /**
   * Has something called whenever a task of a kind has ended, on its thread: to start what waits
   * for its place, and not only in the next round.
   */
  void whenEnded(Work work, Runnable next) {
    lane(work).next = next;
  }

  /** Keys of the tasks of a kind that are under way. */
  Set<Object> running(Work work) {
    return lane(work).running();
  }

  /** Whether a task of a kind has a place: one that has lost it may hang. */
  boolean isBusy(Work work) {
    return lane(work).isBusy(now);
  }

  /** Number of times that the task of a key has failed since it last succeeded. */
  int failures(Object key) {
    synchronized (failures) {
      return failures.getOrDefault(key, 0);
    }
  }

  /**
   * Hands a task to the workers, unless one with an equal key is under way or has just failed, or
   * its kind has reached its limit. If they do not take it, the listener is told.
   *
   * @return whether it was started
   */
  boolean start(Work work, Object key, Runnable task) {
    return start(work, key, Long.MAX_VALUE, task);
  }

  /**
   * Hands over a task that has a place among those of its kind until a time: if it hangs, another
   * can have its place.
   *
   * @param until in seconds since 1970
   */
  boolean start(Work work, Object key, long until, Runnable task) {
    Lane lane = lane(work);
    if (!lane.enter(key, now, until)) {
      return false;
    }
    return handOver(work, key, task, refusal -> listener.onFailure(key, refusal));
  }

  /**
   * Hands over a task that has to run, such as one that closes something: if the workers do not
   * take it, it runs without them. It is not tried again, so that it failed is told and forgotten,
   * and with it the key.
   */
  void startOrRun(Work work, Object key, Runnable task) {
    Lane lane = lane(work);
    Runnable once = () -> runOnce(key, task);
    if (lane.enter(key, now, Long.MAX_VALUE)) {
      handOver(work, key, once, _ -> once.run());
    } else {
      once.run();
    }
  }

  private void runOnce(Object key, Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      listener.onFailure(key, e);
    }
  }

  /** Returns whether the workers have not refused the task. */
  private boolean handOver(Work work, Object key, Runnable task, Consumer<Throwable> refused) {
    Lane lane = lane(work);
    AtomicBoolean taken = new AtomicBoolean(true);
    HandedOver handedOver = new HandedOver(() -> runInLane(lane, key, task));
    Consumer<@Nullable Throwable> ended =
        refusal -> {
          lane.unblock();
          if (refusal != null && handedOver.begun.compareAndSet(false, true)) {
            taken.set(false);
            lane.leave(key);
            refused.accept(refusal);
          }
        };
    try {
      lane.handOver(key, handedOver);
      HandOver.give(workers(work), handedOver::runByWorkers, limits.handOver(), ended);
    } catch (Throwable e) {
      // An error too, such as a thread that could not be made: the other tasks can still start.
      ended.accept(e);
    }
    return taken.get();
  }

  private void runInLane(Lane lane, Object key, Runnable task) {
    try {
      if (run(key, task)) {
        lane.failed.accepted(key);
      } else {
        lane.failed.refused(key, now);
      }
    } finally {
      lane.leave(key);
      runNext(lane, key);
    }
  }

  private void runNext(Lane lane, Object key) {
    try {
      lane.next.run();
    } catch (Throwable e) {
      listener.onFailure(key, e);
    }
  }

  /** Runs a task on the calling thread; returns whether it did not fail. */
  boolean run(Object key, Runnable task) {
    try {
      task.run();
      succeeded(key);
      return true;
    } catch (Throwable e) {
      // An error too, such as a stack overflow in one game: the others go on.
      listener.onFailure(key, e);
      failed(key);
      return false;
    }
  }

  private void succeeded(Object key) {
    synchronized (failures) {
      failures.remove(key);
    }
  }

  private void failed(Object key) {
    synchronized (failures) {
      failures.merge(key, 1, Integer::sum);
    }
  }

  private Lane lane(Work work) {
    return Objects.requireNonNull(lanes.get(work));
  }
}
