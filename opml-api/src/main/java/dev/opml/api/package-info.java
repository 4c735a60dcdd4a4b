/** The vocabulary that every part of opML speaks: identities, requests, claims, traces and failures. */
@NullMarked
package dev.opml.api;

import org.jspecify.annotations.NullMarked;
