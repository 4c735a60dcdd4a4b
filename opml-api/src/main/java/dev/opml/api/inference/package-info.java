/** Running models: requests, results, claims, and the executor that computes them. */
@NullMarked
package dev.opml.api.inference;

import org.jspecify.annotations.NullMarked;
