package dev.opml.examples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The arrows between modules and packages. The module descriptors draw most of those between
 * modules; this test holds them against a later {@code requires} or qualified export as well.
 */
class ArchitectureTest {

  private static final String ROOT = "dev.opml.";

  /** For each module, the other modules of opML that it may use. */
  private static final Map<String, Set<String>> ARROWS =
      Map.of(
          "api", Set.of(),
          "merkle", Set.of("api"),
          "vm", Set.of("api", "merkle"),
          "testing", Set.of("api", "merkle", "vm"),
          "dispute", Set.of("api", "merkle"),
          "examples", Set.of("api", "merkle", "vm", "testing", "dispute"));

  private static final JavaClasses OPML =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.opml");

  @Test
  void modules_dependOnlyAlongTheArrows() {
    assertClasses(
        "use no module but those below their own",
        d -> {
          String from = moduleOf(d.getOriginClass());
          String to = moduleOf(d.getTargetClass());
          return from.equals(to) || ARROWS.getOrDefault(from, Set.of()).contains(to);
        });
  }

  @Test
  void internalPackages_areUsedByTheirOwnModuleOnly() {
    assertClasses(
        "use no internal package of another module",
        d ->
            !isInternal(d.getTargetClass())
                || moduleOf(d.getOriginClass()).equals(moduleOf(d.getTargetClass())));
  }

  @Test
  void api_dependsOnNothingButTheJdk() {
    classes()
        .that()
        .resideInAPackage(ROOT + "api..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..", "com.sun.management", "org.jspecify.annotations", ROOT + "api..")
        .check(OPML);
  }

  /** Crosschecks compare two engines, which must not share what they compute with. */
  @Test
  void nativeEngineAndMachine_doNotSeeEachOther() {
    String[] machine = {ROOT + "vm.machine..", ROOT + "vm.elf", ROOT + "vm.memory"};
    String[] engine = {ROOT + "vm.engine", ROOT + "vm.kernel", ROOT + "vm.graph", ROOT + "vm.gguf"};
    noClasses()
        .that()
        .resideInAnyPackage(machine)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(engine)
        .check(OPML);
    noClasses()
        .that()
        .resideInAnyPackage(engine)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT + "vm.machine..", ROOT + "vm.elf")
        .check(OPML);
  }

  /** The step function of an arbiter is the reference for the others. */
  @Test
  void referenceStep_usesNothingOfTheOtherEngines() {
    classes()
        .that()
        .resideInAPackage(ROOT + "vm.machine.reference")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.jspecify.annotations",
            ROOT + "api..",
            ROOT + "merkle",
            ROOT + "vm.memory",
            ROOT + "vm.machine.reference",
            ROOT + "vm.machine.hart",
            ROOT + "vm.machine.instruction")
        .check(OPML);
  }

  /** Every package is a slice of its own. */
  @Test
  void packages_dependOnEachOtherWithoutCircles() {
    SlicesRuleDefinition.slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass c) {
                return SliceIdentifier.of(c.getPackageName());
              }

              @Override
              public String getDescription() {
                return "packages";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(OPML);
  }

  /** Without this, a module that the importer cannot find would satisfy every rule. */
  @ParameterizedTest
  @ValueSource(strings = {"api", "merkle", "vm", "testing", "dispute"})
  void importer_moduleWithPackages_seesItsClasses(String module) {
    Module loaded = ModuleLayer.boot().findModule(ROOT + module).orElseThrow();
    boolean seen = OPML.stream().anyMatch(c -> moduleOf(c).equals(module));
    assertEquals(!loaded.getPackages().isEmpty(), seen);
  }

  /** Checks every dependency of a class of opML on another class of opML. */
  private static void assertClasses(String rule, Predicate<Dependency> allowed) {
    classes()
        .should(
            new ArchCondition<>(rule) {
              @Override
              public void check(JavaClass item, ConditionEvents events) {
                item.getDirectDependenciesFromSelf().stream()
                    .filter(d -> d.getTargetClass().getPackageName().startsWith(ROOT))
                    .filter(allowed.negate())
                    .map(d -> SimpleConditionEvent.violated(d, d.getDescription()))
                    .forEach(events::add);
              }
            })
        .check(OPML);
  }

  private static String moduleOf(JavaClass c) {
    String afterRoot = c.getPackageName().substring(ROOT.length());
    int dot = afterRoot.indexOf('.');
    return dot < 0 ? afterRoot : afterRoot.substring(0, dot);
  }

  private static boolean isInternal(JavaClass c) {
    return (c.getPackageName() + '.').contains(".internal.");
  }
}
