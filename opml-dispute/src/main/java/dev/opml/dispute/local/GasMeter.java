package dev.opml.dispute.local;

import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.MoneyRules;

/** Reimbursable cost of moves: gas and price, each up to its cap. */
record GasMeter(ModelledGas model, MoneyRules money) {
  Wei move(int commitments, boolean endState) {
    long used = model.move() + model.commitment() * commitments + (endState ? model.endState() : 0);
    return price().times(Math.min(used, money.moveGas()));
  }

  Wei witness() {
    return price().times(Math.min(model.witness(), money.witnessGas()));
  }

  private Wei price() {
    return model.price().min(money.gasPriceCap());
  }
}
