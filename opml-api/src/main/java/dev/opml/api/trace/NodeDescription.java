package dev.opml.api.trace;

/**
 * A node, for people.
 *
 * @param node index in the trace
 * @param position position in the sequence, from 0
 * @param row row of the graph table, from 0
 * @param operator operator name, as in docs/image.md
 * @param layer layer, from 0, or -1 outside the layers
 */
public record NodeDescription(NodeIndex node, int position, int row, String operator, int layer) {}
