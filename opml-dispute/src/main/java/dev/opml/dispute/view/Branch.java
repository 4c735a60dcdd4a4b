package dev.opml.dispute.view;

import dev.opml.dispute.BlockHash;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * The blocks between a finalized one and the newest, with their events: what a reorganisation may
 * take away again. Immutable.
 *
 * @param root the finalized block that the branch grows from
 * @param blocks oldest first
 */
record Branch(Header root, List<Branch.Known> blocks) {
  /** A block and its events. */
  record Known(Header header, List<LoggedEvent> events) {}

  Branch {
    blocks = List.copyOf(blocks);
  }

  /** The newest block. */
  Header head() {
    return blocks.isEmpty() ? root : blocks.getLast().header();
  }

  boolean contains(BlockHash hash) {
    return root.hash().equals(hash)
        || blocks.stream().anyMatch(it -> it.header().hash().equals(hash));
  }

  /** The blocks up to one that it contains. */
  List<Known> upTo(BlockHash hash) {
    return blocks.subList(0, position(hash));
  }

  /** The branch without the blocks up to one that it contains, which is the new root. */
  Branch after(Header finalized) {
    return new Branch(finalized, blocks.subList(position(finalized.hash()), blocks.size()));
  }

  /** The branch that leaves this one after a block, and goes on with others. */
  Branch with(BlockHash last, List<Known> others) {
    List<Known> joined = new ArrayList<>(upTo(last));
    joined.addAll(others);
    return new Branch(root, joined);
  }

  /** Number of blocks up to one that it contains. */
  private int position(BlockHash hash) {
    int count = 0;
    while (!(count == 0 ? root : blocks.get(count - 1).header()).hash().equals(hash)) {
      count++;
    }
    return count;
  }
}
