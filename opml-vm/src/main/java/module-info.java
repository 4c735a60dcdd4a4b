import org.jspecify.annotations.NullMarked;

/** The two engines of opML: the RV64IM machine and the native executor. */
@NullMarked
@SuppressWarnings("module") // the module below is compiled later
module dev.opml.vm {
  requires transitive dev.opml.api;
  requires transitive dev.opml.merkle;
  requires static jdk.incubator.vector;
  requires static transitive org.jspecify;

  exports dev.opml.vm.architecture;
  exports dev.opml.vm.cache;
  exports dev.opml.vm.chat;
  exports dev.opml.vm.elf;
  exports dev.opml.vm.engine to
      dev.opml.testing;
  exports dev.opml.vm.executor;
  exports dev.opml.vm.gguf;
  exports dev.opml.vm.graph;
  exports dev.opml.vm.image;
  exports dev.opml.vm.machine;
  exports dev.opml.vm.memory;
  exports dev.opml.vm.tokenizer;
  exports dev.opml.vm.trace to
      dev.opml.testing;
}
