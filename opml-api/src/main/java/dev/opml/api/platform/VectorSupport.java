package dev.opml.api.platform;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether the Vector API makes anything faster in this JVM. It has to be there, and only HotSpot's
 * optimizing compiler, C2, turns its operations into instructions; elsewhere each of them is a call
 * that allocates, and loops over arrays are many times as fast.
 */
public final class VectorSupport {
  /** The module that has the Vector API. */
  public static final String MODULE = "jdk.incubator.vector";

  /** The level of tiered compilation that is C2's. */
  private static final int OPTIMIZED = 4;

  private VectorSupport() {}

  /** Whether this JVM was started with the Vector API: what uses it cannot be linked without. */
  public static boolean isPresent() {
    return ModuleLayer.boot().findModule(MODULE).isPresent();
  }

  /**
   * Whether vector code is there and gets compiled. If not, the first call logs why: one line that
   * names the flag.
   */
  public static boolean isFast() {
    return Fast.VALUE;
  }

  /** Found, and logged, once. */
  private static final class Fast {
    static final boolean VALUE = find();

    private static boolean find() {
      Optional<String> obstacle =
          isPresent() ? missingCompiler() : Optional.of("Start Java with --add-modules " + MODULE);
      obstacle.ifPresent(reason ->
          System.getLogger("dev.opml")
              .log(Level.INFO, "no vector kernels: same results, but slower. " + reason));
      return obstacle.isEmpty();
    }
  }

  private static Optional<String> missingCompiler() {
    String name = System.getProperty("java.vm.name", "");
    String info = System.getProperty("java.vm.info", "");
    if (info.contains("interpreted mode")) {
      return Optional.of("Start Java without -Xint");
    }
    if (!name.contains("HotSpot") && !name.contains("OpenJDK")) {
      return Optional.of("This JVM, " + name + ", is not HotSpot, whose C2 compiles them");
    }
    if (ModuleLayer.boot().findModule("jdk.management").isPresent()) {
      return Flags.missingCompiler();
    }
    // What HotSpot calls itself under -XX:TieredStopAtLevel=1.
    return info.contains("emulated-client")
        ? Optional.of(withoutTieredStop("1"))
        : Optional.empty();
  }

  private static String withoutTieredStop(String level) {
    return "Start Java without -XX:TieredStopAtLevel=" + level + ", which switches C2 off";
  }

  /** Linked only where the module is that it uses. */
  private static final class Flags {
    static Optional<String> missingCompiler() {
      String mode = option("CompilationMode").orElse("default");
      int level = option("TieredStopAtLevel").map(Integer::valueOf).orElse(OPTIMIZED);
      if (level == 0 || (level < OPTIMIZED && isOn("TieredCompilation"))) {
        return Optional.of(withoutTieredStop(Integer.toString(level)));
      }
      if (mode.toLowerCase(Locale.ROOT).equals("quick-only")) {
        return Optional.of("Start Java without -XX:CompilationMode=" + mode);
      }
      return Stream.of("UseCompiler", "EnableVectorSupport")
          .filter(flag -> !isOn(flag))
          .map(flag -> "Start Java without -XX:-" + flag)
          .findFirst();
    }

    private static boolean isOn(String flag) {
      return option(flag).map(Boolean::valueOf).orElse(true);
    }

    private static Optional<String> option(String name) {
      try {
        var bean = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        return Optional.of(bean.getVMOption(name).getValue());
      } catch (IllegalArgumentException e) {
        return Optional.empty(); // no such bean, or no such option
      }
    }
  }
}
