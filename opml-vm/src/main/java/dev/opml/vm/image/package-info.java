/** Program images: the memory that a model's inference starts from, and its identity. */
@NullMarked
package dev.opml.vm.image;

import org.jspecify.annotations.NullMarked;
