package dev.opml.dispute.journal;

import java.util.Optional;

/**
 * An intent whose outcome is not known.
 *
 * @param sequence its number in the journal
 * @param sent the transaction that may have been sent for it; if there is none, nothing was
 */
public record PendingIntent(long sequence, Intent intent, Optional<SentTransaction> sent) {}
