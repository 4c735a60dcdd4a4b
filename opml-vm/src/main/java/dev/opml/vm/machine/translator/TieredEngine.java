package dev.opml.vm.machine.translator;

import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.hart.InstructionEngine;
import dev.opml.vm.machine.interpreter.Interpreter;
import dev.opml.vm.machine.interpreter.ProgramCode;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * {@link dev.opml.vm.machine.MachineEngine#TRANSLATOR}: interprets a program, and translates what
 * turns out to run often. A unit executes whole blocks; the interpreter executes the last few
 * hundred instructions before the count to stop at, and every instruction that faults, halts, or
 * does what units do not do. So there is one definition of all that is unusual. Thread-safe;
 * threads share units.
 */
public class TieredEngine implements InstructionEngine {
  /** Jumps to an instruction before it is translated. */
  private static final int USUALLY_HOT = 500;

  /**
   * Instructions recorded before a translation, for each jump that makes hot: enough for many
   * rounds of the longest loops.
   */
  private static final int RECORDED_A_JUMP = 128;

  /**
   * Instructions interpreted from one translation to the next, for each jump that makes hot. So
   * translations, and compilations by the JVM, stay few beside what they are to save.
   */
  private static final int INTERPRETED_A_JUMP = 100;

  /**
   * Nanoseconds of translating that a program may have at once: a guest needs that in a JVM that
   * has just started, and programs that are all calls would take many times as long.
   */
  private static final long FREE_TIME = 500_000_000;

  /** From then on, how much longer than a translation took no other one begins. */
  private static final int REST = 4;

  /**
   * Translations of a program. One made of nothing but loops that end soon would fill memory with
   * classes and run slower than interpreted.
   */
  public static final int MOST_UNITS = 200;

  /** Times that a unit is translated, with more code than before. */
  private static final int MOST_VERSIONS = 8;

  /**
   * Calls of a unit that are cut short: the JVM compiles a method that is called often with less
   * effort than one that stays in its loop.
   */
  private static final int SHORT_CALLS = 5000;

  private static final int SHORT_BUDGET = 1 << 10;
  private static final int LONG_BUDGET = 1 << 20;

  private static final int PLACES_A_UNIT = 64;

  private final ProgramCode program;
  private final int hot;
  private final LongSupplier clock;
  private final Interpreter interpreter;
  private final Profile profile;

  // By the index of the instruction: where units begin, calls and versions of them, and how often
  // the instruction was hot without becoming one.
  private final AtomicReferenceArray<@Nullable Translation> translations;
  private final int[] calls;
  private final int[] versions;
  private final int[] attempts;
  private int units;
  private long executed;

  /** Nanoseconds spent translating. */
  private long translating;

  /** When, by the clock, another translation may begin. */
  private long restUntil;

  /** Instructions interpreted since the last translation. Threads may lose some. */
  private long interpreted;

  public TieredEngine(ProgramCode program) {
    this(program, USUALLY_HOT, System::nanoTime);
  }

  /**
   * An engine that translates sooner or later than usual.
   *
   * @param hot jumps to an instruction before it is translated
   * @param clock nanoseconds since any moment; decides when to translate, and nothing else
   */
  public TieredEngine(ProgramCode program, int hot, LongSupplier clock) {
    this.program = program;
    this.hot = hot;
    this.clock = clock;
    this.interpreter = new Interpreter(program, hot);
    this.profile = new Profile(program);
    this.translations = new AtomicReferenceArray<>(program.code().length);
    this.calls = new int[program.code().length];
    this.versions = new int[program.code().length];
    this.attempts = new int[program.code().length];
  }

  @Override
  public void run(Hart hart, long end) {
    while (hart.running() && hart.count < end) {
      int index = program.indexOf(hart.pc);
      Translation translation = index < 0 ? null : translations.getPlain(index);
      if (translation == null) {
        interpret(hart, end);
      } else if (end - hart.count < translation.leastBudget()) {
        interpreter.run(hart, end);
      } else if (!execute(translation, index, hart, end)) {
        interpret(hart, end);
      }
    }
  }

  /** Translations made so far. */
  public synchronized int units() {
    return units;
  }

  /** Instructions that units executed, about: threads that share the engine may lose some. */
  public long executedByUnits() {
    return executed;
  }

  /** Runs a unit; false if the instruction where the hart is now has to be interpreted. */
  private boolean execute(Translation translation, int index, Hart hart, long end) {
    int most = calls[index]++ < SHORT_CALLS ? SHORT_BUDGET : LONG_BUDGET;
    int budget = (int) Math.min(end - hart.count, Math.max(most, translation.leastBudget()));
    int left = translation.unit().run(hart, hart.registers, hart.memory, budget);
    if (left < 0) {
      throw new IllegalStateException("a unit ran beyond the count to stop at");
    }
    hart.count += budget - left;
    executed += budget - left;
    int next = program.indexOf(hart.pc);
    if (next >= 0 && translations.getPlain(next) == null && interpreter.heat(next)) {
      translate(next, hart, end);
    }
    return left != budget;
  }

  private void interpret(Hart hart, long end) {
    long start = hart.count;
    boolean hot = interpreter.runToHot(hart, end);
    interpreted += hart.count - start;
    int index = program.indexOf(hart.pc);
    if (hot && translations.getPlain(index) == null) {
      translate(index, hart, end);
    }
  }

  /**
   * Sees to it that the code around a hot instruction is translated. A unit begins where its
   * hottest loop begins, which the interpreter reaches soon from anywhere inside; so that each loop
   * has one unit, which grows, and not one for every place where another one was left. What does
   * not fit in gets a unit of its own, which ends where others begin.
   */
  private synchronized void translate(int index, Hart hart, long end) {
    long start = clock.getAsLong();
    if (units >= MOST_UNITS
        || interpreted < INTERPRETED_A_JUMP * (long) hot
        || (translating > FREE_TIME && start - restUntil < 0)) {
      interpreter.cool(index, hot);
      return;
    }
    interpreter.cool(index, hot << Math.min(attempts[index]++, 10));
    interpreted = 0;
    profile.record(interpreter, hart, end, RECORDED_A_JUMP * hot);
    try {
      int loop = ControlFlow.hottestLoop(program, profile, index);
      if (!install(loop, index)) {
        install(index, index);
      }
    } catch (RuntimeException | LinkageError e) {
      // Whatever a JVM has against generated classes, the interpreter needs none.
      units = MOST_UNITS;
      System.getLogger("dev.opml.vm").log(Level.WARNING, "guest code is no longer translated", e);
    }
    long stop = clock.getAsLong();
    translating += stop - start;
    restUntil = stop + REST * (stop - start);
  }

  /** Makes a unit at {@code entry}, if there is none with {@code wanted}; false if it cannot be. */
  private boolean install(int entry, int wanted) {
    Translation known = translations.get(entry);
    if (known != null && known.region().contains(wanted)) {
      return true;
    }
    if (known != null && versions[entry] == MOST_VERSIONS) {
      return false;
    }
    versions[entry]++;
    Translation translation = translation(entry, PLACES_A_UNIT * units++);
    if (known != null && !translation.region().contains(wanted)) {
      return false;
    }
    calls[entry] = 0;
    translations.set(entry, translation);
    interpreter.keepHot(entry);
    return translation.region().contains(wanted);
  }

  /** Translates what runs from {@code entry} on; see {@link Translator#translate}. */
  public Translation translation(int entry, int firstPlace) {
    return Translator.translate(program, profile, entry, this::isEntry, firstPlace);
  }

  private boolean isEntry(int index) {
    return translations.get(index) != null;
  }
}
