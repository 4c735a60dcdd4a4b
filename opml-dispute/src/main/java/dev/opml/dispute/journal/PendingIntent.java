package dev.opml.dispute.journal;

/**
 * An intent whose outcome is not known.
 *
 * @param sequence its number in the journal
 */
public record PendingIntent(long sequence, Intent intent) {}
