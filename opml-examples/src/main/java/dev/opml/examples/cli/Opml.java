package dev.opml.examples.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
      "3:an input was refused",
      "70:an error of opml itself"
    })
public final class Opml implements Runnable {
  private final CommandLine commandLine;

  private Opml(Terminal terminal) {
    commandLine = withHelp(new CommandLine(this));
    for (Subcommand command : subcommands(terminal)) {
      commandLine.addSubcommand(withHelp(new CommandLine(command)));
    }
    CommandLine machine = withHelp(new CommandLine(new MachineCommand()));
    machine.addSubcommand(withHelp(new CommandLine(new MachineRunCommand(terminal))));
    machine.addSubcommand(withHelp(new CommandLine(new MachineDisassembleCommand(terminal))));
    commandLine
        .addSubcommand(machine)
        .setExpandAtFiles(false) // a prompt may start with '@'
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(writer(terminal.out()))
        .setErr(writer(terminal.err()))
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(terminal.colours() ? Ansi.ON : Ansi.OFF))
        .setParameterExceptionHandler((e, args) -> usageError(terminal, e, args))
        .setExecutionExceptionHandler((e, line, parsed) -> failed(terminal, e, line));
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

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  private static List<Subcommand> subcommands(Terminal terminal) {
    return List.of(
        new DemoCommand(terminal),
        new RunCommand(terminal),
        new VerifyCommand(terminal),
        new ImageCommand(terminal),
        new CrosscheckCommand(terminal),
        new PerplexityCommand(terminal),
        new InspectCommand(terminal),
        new BenchCommand(terminal));
  }

  /** Runs the command line and ends the process with its status. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // figures look the same everywhere
    System.exit(run(Terminal.system(), args));
  }

  /** Runs the command line and returns its exit status. */
  static int run(Terminal terminal, String... args) {
    try {
      return new Opml(terminal).commandLine.execute(args);
    } catch (Error e) { // picocli hands on exceptions only
      terminal.err().println("opml: " + Failure.of(e, null).line());
      return ExitStatus.INTERNAL;
    } finally {
      terminal.flush();
    }
  }

  /** Names of the commands. */
  static Set<String> commandNames() {
    return new Opml(Terminal.system()).commandLine.getSubcommands().keySet();
  }

  @Override
  public void run() {
    throw new ParameterException(commandLine, "a command is missing");
  }

  private static int usageError(Terminal terminal, ParameterException e, String[] args) {
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    String line = Printable.line(name + ": " + e.getMessage() + " (see '" + name + " --help')");
    boolean json = Arrays.asList(args).contains("--json");
    report(terminal, line, ExitStatus.USAGE, json);
    return ExitStatus.USAGE;
  }

  private static int failed(Terminal terminal, Exception e, CommandLine line) throws Exception {
    if (e instanceof ParameterException usage) {
      boolean json = line.getCommand() instanceof Subcommand command && command.json();
      return usageError(terminal, usage, json ? new String[] {"--json"} : new String[0]);
    }
    if (!(line.getCommand() instanceof Subcommand command)) {
      throw e;
    }
    Failure failure = Failure.of(e, command.subject());
    report(terminal, "opml: " + failure.line(), failure.status(), command.json());
    return failure.status();
  }

  private static void report(Terminal terminal, String line, int status, boolean json) {
    terminal.err().println(line);
    if (json) {
      terminal
          .out()
          .println(JsonNodeFactory.instance.objectNode().put("error", line).put("status", status));
    }
  }
}
