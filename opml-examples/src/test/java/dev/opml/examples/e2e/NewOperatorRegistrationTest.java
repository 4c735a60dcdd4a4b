package dev.opml.examples.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.Bytes32;
import dev.opml.api.ImageRoot;
import dev.opml.api.SiblingPath;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.image.Registration;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.local.LocalArbiter;
import dev.opml.dispute.local.ManualBlocks;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.executor.GgufExecutor;
import dev.opml.vm.machine.WitnessStep;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * A new operator is a new guest program in images of the same format: deployments that list it take
 * both, and those that do not refuse the new one.
 */
class NewOperatorRegistrationTest {
  private static final ModelSource SOURCE = new ModelSource(Bytes32.ZERO, "here");
  private static final long GUEST_CODE = 0x10000;

  /** An image whose guest has more code; all else is as before. */
  private static Registration withAnotherGuest(Registration old, MerkleTree image) {
    byte[] leaf = new byte[MemoryRegion.LEAF_SIZE];
    leaf[0] = 0x73; // ecall
    MerkleTree changed = image.withBytes(GUEST_CODE + (1 << 20), leaf);
    Function<MemoryRegion, SiblingPath> path =
        region -> changed.path(region.height(), region.subtreeIndex());
    return new Registration(
        new ImageRoot(changed.root()),
        old.header(),
        changed.path(0, MemoryRegion.GRAPH.base() / MemoryRegion.LEAF_SIZE),
        changed.subtreeRoot(MemoryRegion.PROGRAM.height(), MemoryRegion.PROGRAM.subtreeIndex()),
        path.apply(MemoryRegion.PROGRAM),
        path.apply(MemoryRegion.INPUT),
        path.apply(MemoryRegion.OUTPUT),
        path.apply(MemoryRegion.STATE));
  }

  private static Arbiter deployment(Bytes32... programRoots) {
    return new LocalArbiter(
            new ArbiterIdentity(31337, Address.named("arbiter")),
            ArbiterParameters.standard(Set.of(programRoots)),
            new WitnessStep(),
            new ManualBlocks())
        .connect(Address.named("publisher"));
  }

  @Test
  void register_guestWithAnotherOperator_isTakenWhereItIsListed() throws URISyntaxException {
    Path model =
        Path.of(
            NewOperatorRegistrationTest.class
                .getResource("/dev/opml/examples/mnist-784-500-10.q8_0.gguf")
                .toURI());
    try (GgufExecutor executor = GgufExecutor.open(model)) {
      Registration today = executor.registration();
      Registration later = withAnotherGuest(today, executor.image().memory().tree());
      assertEquals(GraphHeader.CURRENT_VERSION, later.header().formatVersion());
      assertNotEquals(today.programRoot(), later.programRoot());
      Arbiter old = deployment(today.programRoot());
      assertEquals(executor.model().modelId(), old.register(today, SOURCE));
      ArbiterRefusedException e =
          assertThrows(ArbiterRefusedException.class, () -> old.register(later, SOURCE));
      assertEquals(Refusal.PROGRAM_NOT_ALLOWED, e.reason());
      Arbiter both = deployment(today.programRoot(), later.programRoot());
      assertEquals(executor.model().modelId(), both.register(today, SOURCE));
      assertNotEquals(executor.model().modelId(), both.register(later, SOURCE));
    }
  }
}
