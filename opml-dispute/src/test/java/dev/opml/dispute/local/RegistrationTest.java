package dev.opml.dispute.local;

import static dev.opml.dispute.toy.Arena.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.opml.api.Bytes32;
import dev.opml.api.ImageRoot;
import dev.opml.api.ModelId;
import dev.opml.api.SiblingPath;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.image.Registration;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.LongPaths;
import dev.opml.dispute.toy.ToyModel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Attacks on the registration of a model. */
class RegistrationTest {
  private static final ModelSource SOURCE = new ModelSource(Bytes32.ZERO, "elsewhere");

  private final Arena arena = new Arena();
  private final Registration valid = new ToyModel(GraphMode.ROW_PER_NODE, 3, 99).registration();

  private void assertInvalid(Registration registration) {
    assertRefused(
        Refusal.INVALID_REGISTRATION,
        () -> arena.as(Arena.STRANGER).register(registration, SOURCE));
  }

  private static SiblingPath flipped(SiblingPath path) {
    byte[] bytes = path.encoded();
    bytes[bytes.length - 1] ^= 1;
    return SiblingPath.of(bytes);
  }

  @Test
  void register_anotherProgramRoot_isRefused() {
    assertInvalid(
        new Registration(
            valid.imageRoot(),
            valid.header(),
            valid.headerPath(),
            new Bytes32(1, 1, 1, 1),
            valid.programPath(),
            valid.inputPath(),
            valid.outputPath(),
            valid.statePath()));
  }

  @Test
  void register_locationThatIsTooLong_isRefused() {
    ModelId _ =
        arena
            .as(Arena.STRANGER)
            .register(valid, new ModelSource(Bytes32.ZERO, "\u00e9".repeat(512)));
    assertRefused(
        Refusal.INVALID_REGISTRATION,
        () ->
            arena
                .as(Arena.STRANGER)
                .register(valid, new ModelSource(Bytes32.ZERO, "\u00e9".repeat(512) + "e")));
  }

  @Test
  void register_programThatIsNotOnTheList_isRefused() {
    LocalArbiter other =
        new LocalArbiter(
            Arena.IDENTITY,
            Arena.parameters(Arity.of(8), java.util.Set.of(new Bytes32(1, 2, 3, 4))),
            arena.truth.toyMachine(),
            arena.blocks);
    assertRefused(
        Refusal.PROGRAM_NOT_ALLOWED, () -> other.connect(Arena.STRANGER).register(valid, SOURCE));
  }

  @Test
  void register_headerWithFewerNodes_isRefused() {
    GraphHeader lie =
        new GraphHeader(
            GraphMode.ROW_PER_NODE, 1, ToyModel.VOCABULARY, ToyModel.CONTEXT, TokenIds.EMPTY);
    assertInvalid(
        new Registration(
            valid.imageRoot(),
            lie,
            valid.headerPath(),
            valid.programRoot(),
            valid.programPath(),
            valid.inputPath(),
            valid.outputPath(),
            valid.statePath()));
  }

  @Test
  void register_anotherImageRoot_isRefused() {
    assertInvalid(
        new Registration(
            new ImageRoot(new Bytes32(9, 9, 9, 9)),
            valid.header(),
            valid.headerPath(),
            valid.programRoot(),
            valid.programPath(),
            valid.inputPath(),
            valid.outputPath(),
            valid.statePath()));
  }

  /** A wrong sibling of the input region would make S_0 anything the publisher likes. */
  @Test
  void register_wrongSiblingOfInputOutputOrState_isRefused() {
    assertInvalid(
        new Registration(
            valid.imageRoot(),
            valid.header(),
            valid.headerPath(),
            valid.programRoot(),
            valid.programPath(),
            flipped(valid.inputPath()),
            valid.outputPath(),
            valid.statePath()));
    assertInvalid(
        new Registration(
            valid.imageRoot(),
            valid.header(),
            valid.headerPath(),
            valid.programRoot(),
            valid.programPath(),
            valid.inputPath(),
            flipped(valid.outputPath()),
            valid.statePath()));
    assertInvalid(
        new Registration(
            valid.imageRoot(),
            valid.header(),
            valid.headerPath(),
            valid.programRoot(),
            valid.programPath(),
            valid.inputPath(),
            valid.outputPath(),
            SiblingPath.of(new byte[3])));
  }

  /**
   * Whoever registers a model stores the path of the input region, which every request for it pays
   * for: nobody can make it longer than it is. Nor any other path, on any level.
   */
  @Test
  void register_zeroSiblingThatIsNotLeftOut_isRefused() {
    for (SiblingPath path : LongPaths.of(valid.headerPath(), 0, MemoryRegion.PERSISTENT_DEPTH)) {
      assertInvalid(with(path, valid.programPath(), valid.inputPath(), valid.outputPath()));
    }
    for (SiblingPath path : longer(valid.programPath(), MemoryRegion.PROGRAM)) {
      assertInvalid(with(valid.headerPath(), path, valid.inputPath(), valid.outputPath()));
    }
    for (SiblingPath path : longer(valid.inputPath(), MemoryRegion.INPUT)) {
      assertInvalid(with(valid.headerPath(), valid.programPath(), path, valid.outputPath()));
    }
    for (SiblingPath path : longer(valid.outputPath(), MemoryRegion.OUTPUT)) {
      assertInvalid(with(valid.headerPath(), valid.programPath(), valid.inputPath(), path));
    }
    for (SiblingPath path : longer(valid.statePath(), MemoryRegion.STATE)) {
      assertInvalid(
          new Registration(
              valid.imageRoot(),
              valid.header(),
              valid.headerPath(),
              valid.programRoot(),
              valid.programPath(),
              valid.inputPath(),
              valid.outputPath(),
              path));
    }
  }

  private static List<SiblingPath> longer(SiblingPath path, MemoryRegion region) {
    List<SiblingPath> paths = LongPaths.of(path, region.height(), MemoryRegion.PERSISTENT_DEPTH);
    assertFalse(paths.isEmpty());
    return paths;
  }

  private Registration with(
      SiblingPath headerPath,
      SiblingPath programPath,
      SiblingPath inputPath,
      SiblingPath outputPath) {
    return new Registration(
        valid.imageRoot(),
        valid.header(),
        headerPath,
        valid.programRoot(),
        programPath,
        inputPath,
        outputPath,
        valid.statePath());
  }

  /**
   * Whoever registers a model first, with a false location, must not keep others from saying where
   * its file is.
   */
  @Test
  void register_twice_announcesBothSourcesAndChangesNothing() {
    var before = arena.as(Arena.STRANGER).model(arena.model.id());
    assertEquals(
        arena.model.id(), arena.as(Arena.STRANGER).register(arena.model.registration(), SOURCE));
    assertEquals(before, arena.as(Arena.STRANGER).model(arena.model.id()));
    long announcements =
        arena.events().stream()
            .filter(e -> e.event() instanceof ArbiterEvent.ModelRegistered)
            .count();
    assertEquals(2, announcements);
  }

  @Test
  void register_valid_givesTheModelIdThatAnyoneDerives() {
    assertEquals(
        new ToyModel(GraphMode.ROW_PER_NODE, 3, 99).id(),
        arena.as(Arena.STRANGER).register(valid, SOURCE));
  }
}
