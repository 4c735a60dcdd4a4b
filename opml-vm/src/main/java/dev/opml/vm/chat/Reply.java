package dev.opml.vm.chat;

import dev.opml.api.inference.InferenceResult;

/**
 * A model's reply.
 *
 * @param text its text, up to a stop string
 * @param end why it ended
 * @param result the run, which supports a claim; its output may be longer than the text
 */
public record Reply(String text, ReplyEnd end, InferenceResult result) {}
