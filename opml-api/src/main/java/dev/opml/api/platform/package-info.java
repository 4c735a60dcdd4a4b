/** The JVM and the machine: for the modules of opML only. */
@NullMarked
package dev.opml.api.platform;

import org.jspecify.annotations.NullMarked;
