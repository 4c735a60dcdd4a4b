package dev.opml.examples.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** The {@code opml} command. */
@Command(
    name = "opml",
    description = "Runs language models so that anybody can prove a wrong answer wrong.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:it holds",
      "1:it does not: a claim is wrong, or a difference was found",
      "2:the command line makes no sense",
      "3:an input was refused, or an output cannot be written",
      "70:an error of opml itself, or the JVM did not start or did not reach an end",
      "141:nobody reads standard output any more"
    })
public final class Opml {
  private final Terminal terminal;
  private final CommandLine commandLine;
  private @Nullable Subcommand running;

  private Opml(Terminal terminal) {
    this.terminal = terminal;
    commandLine = withHelp(new CommandLine(this));
    for (Subcommand command : subcommands(terminal)) {
      commandLine.addSubcommand(withHelp(new CommandLine(command)));
    }
    CommandLine machine = withHelp(new CommandLine(new MachineCommand()));
    machine.addSubcommand(withHelp(new CommandLine(new MachineRunCommand(terminal))));
    machine.addSubcommand(withHelp(new CommandLine(new MachineDisassembleCommand(terminal))));
    CommandLine chain = withHelp(new CommandLine(new ChainCommand()));
    for (Subcommand command : chainCommands(terminal)) {
      chain.addSubcommand(withHelp(new CommandLine(command)));
    }
    commandLine
        .addSubcommand(machine)
        .addSubcommand(chain)
        .setExpandAtFiles(false) // a prompt may start with '@'
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(terminal.colours() ? Ansi.ON : Ansi.OFF));
  }

  private static CommandLine withHelp(CommandLine line) {
    line.getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help.")
                .build());
    return line;
  }

  private static List<Subcommand> subcommands(Terminal terminal) {
    return List.of(
        new DemoCommand(terminal),
        new RunCommand(terminal),
        new ChatCommand(terminal),
        new VerifyCommand(terminal),
        new ImageCommand(terminal),
        new CrosscheckCommand(terminal),
        new PerplexityCommand(terminal),
        new TokenizeCommand(terminal),
        new InspectCommand(terminal),
        new BenchCommand(terminal));
  }

  private static List<Subcommand> chainCommands(Terminal terminal) {
    return List.of(
        new ChainDeployCommand(terminal),
        new ChainRegisterCommand(terminal),
        new ChainRequestCommand(terminal),
        new ChainClaimsCommand(terminal),
        new ChainGamesCommand(terminal),
        new ChainGameCommand(terminal),
        new ChainWithdrawCommand(terminal),
        new ChainAgentCommand(terminal));
  }

  /**
   * Runs the command line and ends the process with its status. As its last act it tells the start
   * script that status, if there is one: a JVM that ends otherwise has decided nothing.
   */
  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT); // figures look the same everywhere
    int status = ExitStatus.INTERNAL;
    try {
      int result = run(Terminal.system(), Arguments.problem(args), args);
      ExitStatus.tellStartScript(result);
      status = result;
    } finally {
      System.exit(status);
    }
  }

  /** Runs a command line that arrived as it was typed, and returns its exit status. */
  static int run(Terminal terminal, String... args) {
    return run(terminal, Optional.empty(), args);
  }

  /**
   * Runs the command line and returns its exit status.
   *
   * @param problem why the arguments cannot be used, if so
   */
  private static int run(Terminal terminal, Optional<String> problem, String... args) {
    Opml opml = new Opml(terminal);
    Failure failure;
    try {
      if (problem.isPresent()) {
        throw new ParameterException(opml.commandLine, problem.get());
      }
      return opml.execute(args);
    } catch (ParameterException e) {
      failure = Failure.usage(e);
    } catch (Throwable e) { // an Error ends in a status as well
      failure = Failure.of(e, opml.running == null ? null : opml.running.subject());
    }
    failure.report(terminal, wantsJson(args));
    return failure.status();
  }

  private int execute(String... args) throws Exception {
    List<CommandLine> lines = commandLine.parseArgs(args).asCommandLineList();
    for (CommandLine line : lines) {
      if (line.isUsageHelpRequested()) {
        line.usage(terminal.out());
        return ExitStatus.HOLDS;
      }
    }
    if (!(lines.getLast().getCommand() instanceof Subcommand command)) {
      throw new ParameterException(lines.getLast(), "a command is missing");
    }
    running = command;
    return command.call();
  }

  /** Whether {@code --json} is among the options, also where the rest makes no sense. */
  private static boolean wantsJson(String... args) {
    return Arrays.stream(args).takeWhile(arg -> !arg.equals("--")).anyMatch("--json"::equals);
  }

  /** Names of the commands. */
  static Set<String> commandNames() {
    return new Opml(Terminal.system()).commandLine.getSubcommands().keySet();
  }
}
