package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.opml.api.ModelId;
import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentLimitsTest {
  private static URL source(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }

  /** Each is initialised by the first who names it, in classes that nobody has used yet. */
  @ParameterizedTest
  @ValueSource(classes = {TaskLimits.class, TraceLimits.class, AgentLimits.class})
  void default_anyOfThemNamedFirst_hasAllItsParts(Class<?> first) throws Exception {
    URL[] sources = {source(AgentLimits.class), source(ModelId.class)};
    try (var loader = new URLClassLoader(sources, ClassLoader.getPlatformClassLoader())) {
      Class.forName(first.getName(), true, loader);
      Class<?> limits = Class.forName(AgentLimits.class.getName(), true, loader);
      Object standard = limits.getField("DEFAULT").get(null);
      assertNotNull(limits.getMethod("tasks").invoke(standard));
      assertNotNull(limits.getMethod("traces").invoke(standard));
    }
  }
}
