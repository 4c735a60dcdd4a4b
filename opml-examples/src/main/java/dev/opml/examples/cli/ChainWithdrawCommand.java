package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.examples.demo.Gain;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code opml chain withdraw}: takes what an account has credit for. */
@Command(
    name = "withdraw",
    sortOptions = false,
    description =
        "Takes what the arbiter owes an account: fees, bonds and rewards. Agents do so themselves.")
final class ChainWithdrawCommand extends Subcommand {
  @Mixin private ArbiterOptions arbiter = new ArbiterOptions();

  @Mixin private KeyOptions key = new KeyOptions();

  ChainWithdrawCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  boolean execute(ObjectNode result) throws IOException {
    Arbiter account = arbiter.connect(this, key);
    Wei credit = account.credit(account.account());
    if (!credit.isZero()) {
      account.withdraw();
    }
    result.put("account", account.account().toHex()).put("withdrawnWei", credit.amount());
    sayLine(Gain.ether(credit.amount()) + " for " + account.account());
    return true;
  }
}
