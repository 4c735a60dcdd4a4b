package dev.opml.vm.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A page for each of some places in code. Unlike a table that is looked up by address, places
 * cannot crowd each other out, and a comparison with a constant place is all that a hit costs.
 */
public final class RecentPages {
  /** Number of places; more can share. */
  public static final int PLACES = 1024;

  private static final long NO_PAGE = -1;

  final long[] tags = new long[PLACES];
  final long[] @Nullable [] pages = new long[PLACES][];

  RecentPages() {
    forget();
  }

  /** Address of each place's page, or a number that is no address. Read only. */
  public long[] tags() {
    return tags;
  }

  /** The pages; each is valid while its tag is an address. Read only. */
  public long[] @Nullable [] pages() {
    return pages;
  }

  void forget() {
    Arrays.fill(tags, NO_PAGE);
    Arrays.fill(pages, null); // so that pages that a fork replaced can be freed
  }
}
