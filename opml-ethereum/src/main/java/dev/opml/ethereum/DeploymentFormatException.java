package dev.opml.ethereum;

import dev.opml.api.OpmlException;
import java.nio.file.Path;

/** A file is not a deployment, or not parameters of one, as {@link DeploymentFile} reads them. */
public class DeploymentFormatException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final String place;
  private final String problem;

  /**
   * Creates the exception.
   *
   * @param file file that was read
   * @param place JSON pointer of the field, or line and column; empty for the whole file
   * @param problem what is wrong
   */
  public DeploymentFormatException(Path file, String place, String problem) {
    super(file + ": " + (place.isEmpty() ? "" : "at " + place + ": ") + problem);
    this.file = file.toString();
    this.place = place;
    this.problem = problem;
  }

  /** The file that was read. */
  public Path file() {
    return Path.of(file);
  }

  /** JSON pointer of the field, or line and column; empty for the whole file. */
  public String place() {
    return place;
  }

  /** The problem, in words. */
  public String problem() {
    return problem;
  }
}
