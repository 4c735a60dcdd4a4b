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
import java.util.stream.Collectors;
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
          "ethereum", Set.of("api", "merkle", "dispute"),
          "examples", Set.of("api", "merkle", "vm", "testing", "dispute", "ethereum"));

  private static final String KERNELS = ROOT + "vm.kernel";

  /**
   * For each package of kernels, the others that it may use; the one without a name has their
   * interface. The generated kernels are in {@code vector}.
   */
  private static final Map<String, Set<String>> KERNEL_ARROWS =
      Map.ofEntries(
          Map.entry("arithmetic", Set.of()),
          Map.entry("width", Set.of()),
          Map.entry("activation", Set.of("arithmetic")),
          Map.entry("attention", Set.of("arithmetic")),
          Map.entry("row", Set.of("activation")),
          Map.entry("", Set.of("arithmetic", "activation", "attention")),
          Map.entry("scalar", Set.of("", "arithmetic", "activation", "attention", "row")),
          Map.entry("tile", Set.of("", "arithmetic", "activation", "row", "scalar", "width")),
          Map.entry("loop", Set.of("", "arithmetic", "activation", "scalar", "tile")),
          Map.entry(
              "vector",
              Set.of(
                  "", "arithmetic", "activation", "attention", "scalar", "tile", "loop", "width")),
          Map.entry(
              "choice",
              Set.of("", "activation", "attention", "scalar", "loop", "vector", "width")));

  /** The packages of kernels that others may use. */
  private static final Set<String> KERNELS_FOR_OTHERS =
      Set.of("", "arithmetic", "activation", "attention", "choice");

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
    String[] engine = {ROOT + "vm.engine", KERNELS + "..", ROOT + "vm.graph", ROOT + "vm.gguf"};
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

  @Test
  void kernels_dependOnlyAlongTheArrows() {
    assertClasses(
        "use no package of kernels but those below their own",
        d -> {
          if (!isKernel(d.getTargetClass())) {
            return true;
          }
          String to = kernelPackageOf(d.getTargetClass());
          if (!isKernel(d.getOriginClass())) {
            return KERNELS_FOR_OTHERS.contains(to);
          }
          String from = kernelPackageOf(d.getOriginClass());
          return from.equals(to) || KERNEL_ARROWS.getOrDefault(from, Set.of()).contains(to);
        });
  }

  /** A package of kernels that is renamed or goes away would make an arrow mean nothing. */
  @Test
  void kernels_areThePackagesThatHaveArrows() {
    Set<String> packages =
        OPML.stream()
            .filter(ArchitectureTest::isKernel)
            .map(ArchitectureTest::kernelPackageOf)
            .collect(Collectors.toSet());
    assertEquals(KERNEL_ARROWS.keySet(), packages);
  }

  /** What uses the Vector API cannot be linked in a JVM without it. */
  @Test
  void vectorApi_isUsedInFewPackages() {
    noClasses()
        .that()
        .resideOutsideOfPackages(KERNELS + ".vector", KERNELS + ".width", ROOT + "merkle.internal")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator.vector..")
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

  private static boolean isKernel(JavaClass c) {
    return (c.getPackageName() + '.').startsWith(KERNELS + '.');
  }

  /** The package of a kernel below {@link #KERNELS}. */
  private static String kernelPackageOf(JavaClass c) {
    String name = c.getPackageName();
    return name.equals(KERNELS) ? "" : name.substring(KERNELS.length() + 1);
  }

  private static boolean isInternal(JavaClass c) {
    return (c.getPackageName() + '.').contains(".internal.");
  }
}
