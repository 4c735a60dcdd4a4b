package dev.opml.vm.graph;

import java.util.List;

/** An operation that multiplies rows of matrices with one input vector. */
public sealed interface MatrixOperation extends Operation permits Heads, Project {
  /** Elements of the input vector. */
  int n();

  /** Address of the input vector. */
  long in();

  /** The matrices. */
  List<Weight> matrices();

  /** Row after the last that is multiplied, of each matrix. */
  int rowEnd();
}
