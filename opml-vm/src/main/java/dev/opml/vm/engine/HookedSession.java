package dev.opml.vm.engine;

import dev.opml.api.image.MemoryRegion;
import org.jspecify.annotations.Nullable;

/** A session that runs row by row and position by position, with a {@link NodeHook} in between. */
final class HookedSession extends Session {
  private static final int LEAF = MemoryRegion.LEAF_SIZE;

  private final NodeHook hook;

  HookedSession(NativeEngine engine, RawInput input, NodeHook hook) {
    super(engine, input, 1, Checkpoint.NONE);
    this.hook = hook;
  }

  @Override
  int runRows(Plan plan, Batch batch, int rowEnd) {
    EditableMemory memory = new EditableMemory(batch, engine.buffers());
    if (batch.slots() > 0) {
      memory.clearPadding(engine.rows().get(batch.row).operation());
    }
    int rows = super.runRows(plan, batch, batch.row + 1);
    hook.after(batch.position, batch.row, memory);
    return rows;
  }

  /** {@inheritDoc} Slot by slot, since the hook changes one by itself. */
  @Override
  Batch execute(int end, int rowEnd, @Nullable NodeSink sink) {
    return super.execute(end, rowEnd, sink == null ? null : slotBySlot(sink));
  }

  private static NodeSink slotBySlot(NodeSink sink) {
    return (position, row, address, bytes) -> {
      for (long at = 0; at < bytes.byteSize(); at += LEAF) {
        sink.written(position, row, address + at, bytes.asSlice(at, LEAF));
      }
    };
  }

  /** {@inheritDoc} From the beginning: what the hook changed is nowhere else. */
  @Override
  Session resumedAt(int from) {
    return new HookedSession(engine, input, hook);
  }
}
