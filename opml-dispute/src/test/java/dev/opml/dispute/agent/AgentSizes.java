package dev.opml.dispute.agent;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Finds every collection that an agent holds, and counts what is in it. */
final class AgentSizes {
  private static final String AGENTS = "dev.opml.dispute.agent.";

  private final Map<Object, Boolean> seen = new IdentityHashMap<>();
  private final Map<String, Integer> sizes = new TreeMap<>();

  private AgentSizes() {}

  /** Sizes by class and field. */
  static Map<String, Integer> of(Agent agent) {
    AgentSizes sizes = new AgentSizes();
    sizes.visit(agent);
    return sizes.sizes;
  }

  private void visit(Object object) {
    if (seen.put(object, true) != null) {
      return;
    }
    for (Class<?> type = object.getClass();
        type != null && type.getName().startsWith(AGENTS);
        type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          visit(type, field, object);
        }
      }
    }
  }

  private void visit(Class<?> type, Field field, Object object) {
    Object value;
    try {
      field.setAccessible(true);
      value = field.get(object);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
    String name = type.getSimpleName() + "." + field.getName();
    switch (value) {
      case null -> {}
      case Collection<?> collection -> sizes.merge(name, collection.size(), Integer::sum);
      case Map<?, ?> map -> {
        sizes.merge(name, map.size(), Integer::sum);
        map.values().forEach(this::visitOwn);
      }
      default -> visitOwn(value);
    }
  }

  private void visitOwn(Object value) {
    String name = value.getClass().getName();
    if (name.startsWith(AGENTS) && !name.contains("Simulation") && !name.contains("Test")) {
      visit(value);
    }
  }
}
