/**
 * Chat templates: how a model writes a conversation as one text. {@link
 * dev.opml.vm.chat.ChatTemplate} is a strict interpreter for the part of Jinja that published
 * templates use. A template is hostile input: it can call nothing but what is written here, and
 * {@link dev.opml.vm.chat.ChatLimits} bound its time and its memory.
 */
@NullMarked
package dev.opml.vm.chat;

import org.jspecify.annotations.NullMarked;
