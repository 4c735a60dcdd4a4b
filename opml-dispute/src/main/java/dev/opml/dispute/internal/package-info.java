/** What the packages of this module share and nobody else sees. */
@NullMarked
package dev.opml.dispute.internal;

import org.jspecify.annotations.NullMarked;
