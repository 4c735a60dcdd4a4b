package dev.opml.vm.kernel.choice;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;

/** Switches this thread's floating-point mode, as native code may. Linux on x86-64 only. */
final class FloatingPointMode {
  /** Size in bytes of glibc's fenv_t, and where MXCSR is in it. */
  private static final int SIZE = 32;

  private static final int MXCSR = 28;

  private FloatingPointMode() {}

  /** Skips the calling test on other machines. */
  static void assumeKnown() {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64"),
        "not Linux on x86-64: no known way to switch the floating-point mode");
  }

  /** Runs something with bits of MXCSR set. */
  static <T> T with(int bits, Supplier<T> action) throws Throwable {
    MethodHandle get = handle("fegetenv");
    MethodHandle set = handle("fesetenv");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment before = arena.allocate(SIZE, Integer.BYTES);
      int status = (int) get.invokeExact(before);
      MemorySegment changed = arena.allocate(SIZE, Integer.BYTES).copyFrom(before);
      changed.set(ValueLayout.JAVA_INT, MXCSR, changed.get(ValueLayout.JAVA_INT, MXCSR) | bits);
      status |= (int) set.invokeExact(changed);
      try {
        return action.get();
      } finally {
        status |= (int) set.invokeExact(before);
        if (status != 0) {
          throw new AssertionError("fegetenv or fesetenv failed");
        }
      }
    }
  }

  private static MethodHandle handle(String name) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
  }
}
