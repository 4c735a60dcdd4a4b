package dev.opml.ethereum;

import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ArbiterParameters;

/** The arbiter in this process, whose record forge can repeat. */
final class RecordedArbiter implements TestedArbiter {
  private final Recorder recorder;
  private Block head = Stage.START;

  RecordedArbiter(ArbiterParameters parameters) {
    recorder = new Recorder(parameters, () -> head, Player.allFunds());
  }

  Recorder recorder() {
    return recorder;
  }

  @Override
  public void know(SyntheticModel model) {
    recorder.know(model);
  }

  @Override
  public Arbiter connect(Address account) {
    return recorder.connect(account);
  }

  @Override
  public Turn send(Block at, Address sender, ArbiterCall call) {
    head = at;
    return recorder.send(sender, call);
  }

  @Override
  public void close() {}
}
