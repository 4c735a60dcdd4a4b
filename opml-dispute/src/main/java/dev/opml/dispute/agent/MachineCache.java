package dev.opml.dispute.agent;

import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.dispute.GameId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Keeps the machine trace of each game that is inside a node. A game has one task at a time, so a
 * machine trace has one user.
 */
final class MachineCache {
  private record Entry(NodeIndex node, MachineTrace machine) {}

  private final Map<GameId, Entry> entries = new ConcurrentHashMap<>();

  /**
   * Gives {@code user} the machine trace of a game's node, made by {@code maker} if there is none.
   * If the user fails, it is closed: a failure may have left it half way through an instruction.
   *
   * @return empty if the maker cannot make it
   */
  <T> Optional<T> use(
      GameId game,
      NodeIndex node,
      Supplier<Optional<MachineTrace>> maker,
      Function<MachineTrace, T> user) {
    try {
      return of(game, node, maker).map(user);
    } catch (Throwable e) {
      closeFailed(game, e);
      throw e;
    }
  }

  /** Closes after a failure, which stays the one that is reported. */
  private void closeFailed(GameId game, Throwable failure) {
    try {
      close(game);
    } catch (Throwable e) {
      failure.addSuppressed(e);
    }
  }

  private Optional<MachineTrace> of(
      GameId game, NodeIndex node, Supplier<Optional<MachineTrace>> maker) {
    Entry entry = entries.get(game);
    if (entry != null && entry.node().equals(node)) {
      return Optional.of(entry.machine());
    }
    close(game);
    Optional<MachineTrace> made = maker.get();
    made.ifPresent(machine -> entries.put(game, new Entry(node, machine)));
    return made;
  }

  Set<GameId> games() {
    return Set.copyOf(entries.keySet());
  }

  void close(GameId game) {
    Entry entry = entries.remove(game);
    if (entry != null) {
      entry.machine().close();
    }
  }
}
