/** Identities, values and exceptions that every part of opML shares. */
@NullMarked
package dev.opml.api;

import org.jspecify.annotations.NullMarked;
