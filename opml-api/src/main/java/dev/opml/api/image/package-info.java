/** Layout of program images: memory regions, graph header, what a registration opens. */
@NullMarked
package dev.opml.api.image;

import org.jspecify.annotations.NullMarked;
