package dev.opml.vm.executor;

import dev.opml.api.trace.NodeDescription;
import java.util.Optional;

/**
 * Outcome of running native engine and guest side by side.
 *
 * @param nodes nodes compared
 * @param differences nodes after which persistent memory differed
 * @param first the first of them
 */
public record CrosscheckReport(long nodes, long differences, Optional<Difference> first) {
  /**
   * Where the engines differ.
   *
   * @param node the node
   * @param address address of the first byte that differs
   * @param nativeByte what the native engine has there, 0 to 255
   * @param guestByte what the guest has there, 0 to 255
   */
  public record Difference(NodeDescription node, long address, int nativeByte, int guestByte) {}
}
