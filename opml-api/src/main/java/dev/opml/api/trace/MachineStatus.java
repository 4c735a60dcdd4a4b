package dev.opml.api.trace;

/** Status of the machine; Halted and faulted states step to themselves. */
public enum MachineStatus {
  /** Executes instructions. */
  RUNNING(0),
  /** Ended by the exit call. */
  HALTED(1),
  /** Ended by an instruction that has no meaning. */
  FAULTED(2);

  private final int code;

  MachineStatus(int code) {
    this.code = code;
  }

  /** Value in a machine state's encoding. */
  public int code() {
    return code;
  }
}
