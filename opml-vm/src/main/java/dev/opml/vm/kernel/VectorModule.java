package dev.opml.vm.kernel;

/** Whether this JVM was started with the Vector API: what uses it cannot be linked without. */
final class VectorModule {
  static final String NAME = "jdk.incubator.vector";

  private VectorModule() {}

  static boolean isPresent() {
    return ModuleLayer.boot().findModule(NAME).isPresent();
  }
}
