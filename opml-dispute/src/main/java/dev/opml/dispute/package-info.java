/** Identities, amounts and refusals of the dispute protocol (docs/protocol.md). */
@NullMarked
package dev.opml.dispute;

import org.jspecify.annotations.NullMarked;
