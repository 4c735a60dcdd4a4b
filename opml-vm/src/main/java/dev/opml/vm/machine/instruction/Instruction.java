package dev.opml.vm.machine.instruction;

/**
 * A decoded instruction. Operands that the operation's {@link Format} does not have are zero.
 *
 * @param operation what it does
 * @param rd destination register, 0 to 31
 * @param rs1 first source register, 0 to 31
 * @param rs2 second source register, 0 to 31
 * @param immediate sign-extended immediate; for branches and JAL the distance in bytes; for shifts
 *     the amount; for {@link Operation#ILLEGAL} the word itself
 */
public record Instruction(Operation operation, int rd, int rs1, int rs2, int immediate) {}
