/** Files beside a model that spare the next opening work: its tree, and its packed weights. */
@NullMarked
package dev.opml.vm.cache;

import org.jspecify.annotations.NullMarked;
