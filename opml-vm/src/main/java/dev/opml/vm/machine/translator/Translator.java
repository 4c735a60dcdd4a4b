package dev.opml.vm.machine.translator;

import dev.opml.vm.machine.interpreter.ProgramCode;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.IntPredicate;

/** Makes units out of what a profile shows to run often. */
public final class Translator {
  /** Longest method in bytes: HotSpot compiles none beyond 8000, and shorter ones better. */
  public static final int LONGEST_METHOD = 6000;

  private Translator() {}

  /**
   * Translates the code that runs from the instruction at {@code entry} on, as much as fits.
   *
   * @param foreign tells instructions where other units begin: this one ends before them
   * @param firstPlace even; units that run in turns are faster with different places in {@link
   *     dev.opml.vm.memory.RecentPages}
   */
  public static Translation translate(
      ProgramCode program, Profile profile, int entry, IntPredicate foreign, int firstPlace) {
    ControlFlow flow = new ControlFlow(program, profile, entry, foreign);
    for (int weight = LONGEST_METHOD; ; weight -= weight / 8) {
      Region region = new Region(program, profile, flow, weight);
      byte[] type = UnitWriter.write(program, region, firstPlace);
      if (longestMethod(type) <= LONGEST_METHOD || region.blocks().size() == 1) {
        return new Translation(define(type), region);
      }
    }
  }

  /** Bytes of the longest method of a class. */
  public static int longestMethod(byte[] type) {
    return ClassFile.of().parse(type).methods().stream()
        .flatMap(method -> method.findAttribute(Attributes.code()).stream())
        .mapToInt(code -> code.codeLength())
        .max()
        .orElse(0);
  }

  private static Unit define(byte[] type) {
    try {
      MethodHandles.Lookup unit = MethodHandles.lookup().defineHiddenClass(type, true);
      return (Unit)
          unit.findConstructor(unit.lookupClass(), MethodType.methodType(void.class)).invoke();
    } catch (Throwable e) {
      throw new IllegalStateException("a generated class is wrong", e);
    }
  }
}
