package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.api.TokenIds;
import dev.opml.api.inference.Claim;
import dev.opml.api.inference.Executor;
import dev.opml.api.inference.Tokenizer;
import dev.opml.api.inference.Verification;
import dev.opml.examples.claim.ClaimFile;
import dev.opml.examples.claim.ClaimFormatException;
import dev.opml.examples.claim.ClaimText;
import dev.opml.vm.executor.GgufExecutor;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code opml verify}: checks a claim. */
@Command(
    name = "verify",
    sortOptions = false,
    description = "Checks a claim by one prefill over prompt and claimed tokens.")
final class VerifyCommand extends ModelCommand {
  @Parameters(
      index = "1",
      paramLabel = "CLAIM",
      description = "File that 'opml run --claim' wrote.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path claim;

  /** The file that is being looked at. */
  private @Nullable Path subject;

  VerifyCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  Path subject() {
    return subject == null ? claim : subject;
  }

  @Override
  boolean execute(ObjectNode result) throws IOException {
    ClaimFile file = ClaimFile.read(claim);
    var options = options();
    // The limit is part of the model id; another one on the command line is another model.
    int limit = options.contextLimit() == 0 ? file.contextLimit() : options.contextLimit();
    subject = model();
    try (Executor executor = GgufExecutor.open(model(), options.withContextLimit(limit))) {
      subject = claim;
      return verify(executor, file, result);
    }
  }

  private boolean verify(Executor executor, ClaimFile file, ObjectNode result) {
    Claim claim = file.claim();
    Verification verdict = executor.verify(claim, progressListener());
    // Not before: a wrong claim is wrong whatever is written beside it.
    if (verdict.holds() && file.text() != null) {
      requireTrue(file.text(), claim, executor.tokenizer());
    }
    result.put("holds", verdict.holds());
    switch (verdict) {
      case Verification.Holds() -> {
        result.putNull("wrong");
        sayLine("the claim holds: %d tokens and the final root".formatted(claim.output().size()));
      }
      case Verification.WrongToken(int index, int claimed, int computed) -> {
        ObjectNode wrong = result.putObject("wrong").put("what", "token").put("index", index);
        putToken(wrong, "claimed", claimed);
        putToken(wrong, "computed", computed);
        sayLine(
            "the claim is wrong: token %d is %s, the claim has %s"
                .formatted(index, tokenName(computed), tokenName(claimed)));
      }
      case Verification.WrongFinalRoot(var claimed, var computed) ->
          wrongRoot("finalRoot", "final root", claimed, computed, result);
      case Verification.WrongModel(var claimed, var computed) ->
          wrongRoot("modelId", "model id", claimed, computed, result);
    }
    return verdict.holds();
  }

  private void requireTrue(ClaimText text, Claim checked, Tokenizer tokenizer) {
    TokenIds prompt = checked.request().promptIds();
    if (!tokenizer.encodePrompt(text.prompt()).equals(prompt)) {
      throw new ClaimFormatException(claim, "/text/prompt", "is not what promptIds say");
    }
    if (!GeneratedText.of(tokenizer, prompt, checked.output()).equals(text.output())) {
      throw new ClaimFormatException(claim, "/text/output", "is not what the output's ids say");
    }
  }

  private void wrongRoot(
      String field, String name, Object claimed, Object computed, ObjectNode result) {
    result
        .putObject("wrong")
        .put("what", field)
        .put("claimed", claimed.toString())
        .put("computed", computed.toString());
    sayLine("the claim is wrong: the %s is %s, not %s".formatted(name, computed, claimed));
  }

  /** JSON's null where there is no token. */
  private static void putToken(ObjectNode target, String field, int id) {
    if (id < 0) {
      target.putNull(field);
    } else {
      target.put(field, id);
    }
  }

  private static String tokenName(int id) {
    return id < 0 ? "none" : Integer.toString(id);
  }
}
