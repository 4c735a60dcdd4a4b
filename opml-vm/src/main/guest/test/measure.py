"""Counts the guest's instructions an element, operator by operator, for the README's table.

usage: measure.py RUN_ELF ELF. "ordinary": random numbers of the usual sizes. "worst": inputs chosen to take the
soft-float's slow paths everywhere (subnormal operands and results).
"""
import os
import random
import struct
import subprocess
import sys
import tempfile

from image import (ATTENTION, BLOCKS, BYTES, EMBED, GELU, GRAPH, HEADS, MODEL, NORM, PROJECT, RELU, SAMPLE, SAMPLED,
                   SILU, STATE, graph_region, input_region, node_row, up)

NAMES = {0: "F32", 1: "F16", 30: "BF16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 12: "Q4_K",
         13: "Q5_K", 14: "Q6_K"}
SCALES = {2: (0,), 3: (0, 2), 6: (0,), 7: (0, 2), 8: (0,), 12: (0, 2), 13: (0, 2), 14: (208,)}
CONSTANTS = GRAPH + 4096
OUT = STATE + (1 << 24)


def floats(n, worst, scale=1.0):
    """Ordinary: normal deviates. Worst: of the size that gives subnormal products with what `weights` makes."""
    rng = random.Random("floats")
    if worst:
        return struct.pack(f"<{n}f", *(rng.uniform(1, 2) * scale for _ in range(n)))
    return struct.pack(f"<{n}f", *(rng.gauss(0, 1) for _ in range(n)))


def weights(kind, n, worst):
    rng = random.Random("weights")
    if kind == 0:
        return (struct.pack(f"<{n}I", *(rng.randrange(1, 1 << 7) for _ in range(n))) if worst
                else struct.pack(f"<{n}f", *(rng.gauss(0, 0.05) for _ in range(n))))
    if kind == 30:
        return (struct.pack(f"<{n}H", *(rng.randrange(1, 1 << 6) for _ in range(n))) if worst
                else b"".join(struct.pack("<f", rng.gauss(0, 0.05))[2:] for _ in range(n)))
    if kind == 1:
        return (struct.pack(f"<{n}H", *(rng.randrange(1, 1 << 4) for _ in range(n))) if worst
                else struct.pack(f"<{n}e", *(rng.gauss(0, 0.05) for _ in range(n))))
    elements, size = BLOCKS[kind]
    data = bytearray(rng.randbytes(n // elements * size))
    for block in range(0, len(data), size):
        for at in SCALES[kind]:
            scale = rng.randrange(1, 1 << 4) if worst else 0x1400 + rng.randrange(0x800)
            struct.pack_into("<H", data, block + at, scale)
    return bytes(data)


def values(n, worst):
    """Ordinary: normal deviates. Worst: subnormal, or such that their squares are."""
    if worst == "values":
        return weights(0, n, worst)
    return floats(n, worst, 2.0**-70)


class Machine:
    def __init__(self, run_elf, elf, folder):
        self.command, self.elf, self.folder = run_elf, elf, folder

    def count(self, op, model, x, position=0, parameters={}, **parts):
        """Instructions of one row at a position, after an EMBED row has put x into state at its base. Constants of
        the graph are 0.6: weights of RMSNorm, sines and cosines."""
        return self.counts(op, model, x, [0] * (position + 1), 1, parameters, **parts)[-1]

    def counts(self, op, model, x, prompt, new_tokens, parameters={}, **parts):
        """Instructions of each node: of the EMBED row and of the other, position by position."""
        g, i, m, o, c = (os.path.join(self.folder, n) for n in "gimoc")
        x_at = up(len(model), 128)
        rows = [node_row(EMBED, n=len(x) // 4, scale=1.0, matrix=MODEL + x_at, out=STATE),
                node_row(op, in_=STATE, out=OUT, **parts)]
        with open(g, "wb") as file:
            file.write(graph_region(rows, 1 << 20, 1 << 13).ljust(4096, b"\0") + struct.pack("<f", 0.6) * 1024)
        with open(i, "wb") as file:
            file.write(input_region(prompt, new_tokens, **parameters))
        with open(m, "wb") as file:
            file.write(model.ljust(x_at, b"\0") + x)
        nodes = str(2 * (len(prompt) + new_tokens - 1))
        subprocess.run([self.command, g, i, m, nodes, o, "0x11000000", "4", self.elf, c], check=True)
        with open(c) as file:
            return [int(line.split()[-1]) for line in file]


def product(machine, kind, n, count, worst):
    return machine.count(PROJECT, weights(kind, n * count, worst), floats(n, worst, 2.0**-120 if kind == 1 else 1.0),
                         n=n, count=count, matrix_type=kind, matrix=MODEL, scale=1.0)


def formats(machine):
    print("| format | a weight | a weight, worst | an activation |")
    print("|---|---|---|---|")
    for kind, name in NAMES.items():
        figures = []
        for worst in (False, True):
            none, rows = ((product(machine, kind, 1024, count, worst) - product(machine, kind, 512, count, worst)) / 512
                          for count in (0, 64))
            figures.append(((rows - none) / 64, none))
        (weight, quantizing), (slow, _) = figures
        print(f"| {name} | {weight:.1f} | {slow:.1f} | {quantizing:.0f} |")


def report(what, cost):
    """cost(worst) is a number of instructions."""
    print(f"| {what} | {cost(False):.0f} | {max(cost('values'), cost('squares')):.0f} |")


def project(machine, worst, **parts):
    """Instructions of one more output, whose product is one of the values."""
    few, many = (machine.count(PROJECT, values(n, worst), struct.pack("<f", 1.0), n=1, count=n, matrix=MODEL,
                               **{"scale": 1.0} | parts) for n in (512, 1024))
    return (many - few) / 512


def part(machine, **parts):
    """What parts of PROJECT cost an output. At worst a cap is subnormal too."""
    def cost(worst):
        own = parts | ({"cap": 2.0**-143} if worst == "values" and "cap" in parts else {})
        return project(machine, worst, **own) - project(machine, worst)
    return cost


def norm(machine, worst, **parts):
    few, many = (machine.count(NORM, b"", values(n, worst), n=n, norm=CONSTANTS, epsilon=1e-5, **parts)
                 for n in (512, 1024))
    return (many - few) / 512


def heads(machine, d, worst, **parts):
    """Instructions of one more head of d elements, which are values."""
    one, two = (machine.count(HEADS, values(2 * d, worst), struct.pack("<f", 1.0), n=1, count=count, head_dim=d,
                              matrix=MODEL, **parts) for count in (1, 2))
    return two - one


def head_part(machine, d, **parts):
    """What parts of HEADS cost an element, in heads of d."""
    return lambda worst: (heads(machine, d, worst, **parts) - heads(machine, d, worst)) / d


def attention(machine, d, worst, **parts):
    """Instructions of a position. The cache lies in the model region, which the guest may read as well."""
    cache = dict(keys=MODEL, values=MODEL + 2 * d, stride=4 * d)
    few, many = (machine.count(ATTENTION, weights(1, 2 * d * positions, worst), floats(d, worst, 2.0**-120),
                               positions - 1, count=1, head_dim=d, group=1, scale=0.125, **cache, **parts)
                 for positions in (32, 96))
    return (many - few) / 64


def attention_element(machine, worst):
    return (attention(machine, 128, worst) - attention(machine, 64, worst)) / 128


def given_bytes(machine, scale):
    few, many = (machine.counts(BYTES, b"", bytes(4), [0x7f5fa3c1] * 256, 1, n=n, scale=scale)[-1] for n in (512, 1024))
    return (many - few) / 512


def embed(machine, kind, scale):
    few, many = (machine.count(EMBED, weights(kind, n, False), bytes(4), n=n, matrix_type=kind, matrix=MODEL,
                               scale=scale) for n in (512, 1024))
    return (many - few) / 512


def sample(machine, **parameters):
    few, many = (machine.count(SAMPLE, b"", floats(n, False), parameters=parameters, n=n) for n in (8192, 16384))
    return (many - few) / 8192


def penalties(machine, worst):
    """Instructions of a token of the window. At worst logits, quotients and penalties are subnormal."""
    settings = (dict(repeat=1.5 * 2.0**20, presence=3 * 2.0**-148, frequency=2.0**-148) if worst
                else dict(repeat=1.3, presence=0.5, frequency=0.25))
    few, many = (machine.count(SAMPLE, b"", floats(64, worst, 2.0**-124), 200, n=64,
                               flags=SAMPLED, parameters=dict(window=window, **settings)) for window in (64, 192))
    return (many - few) / 128


def choices(machine, count, words):
    """Instructions of a node before which one token was generated, of the SAMPLE of that token and of the next one."""
    _, first, node, second = machine.counts(SAMPLE, b"", floats(1, False), [0], 2,
                                            dict(choice_count=count, choice_words=words), n=1)
    return node, first, second


def choices_at_worst(machine):
    """What choices cost any node, and SAMPLE, more than none do: the most of several ways to fill their words."""
    words = 1 << 14
    fillings = [[0] * words, [1, 0] * (words // 2), [2, 0, 1] * (words // 3), [3, 0, 0, 0] * (words // 4),
                [words - 1] + [0] * (words - 1)]
    none = choices(machine, 0, ())
    costs = [[a - b for a, b in zip(choices(machine, words, filling), none)] for filling in fillings]
    return max(c[0] for c in costs), max(max(c[1:]) for c in costs)


def operators(machine):
    print("| operator | ordinary | worst |")
    print("|---|---|---|")
    report("NORM, an element", lambda worst: norm(machine, worst))
    report("NORM, an element's residual", lambda worst: norm(machine, worst, residual=STATE) - norm(machine, worst))
    report("HEADS, rotation, an element", head_part(machine, 64, rope_dim=64, table=CONSTANTS))
    for d in (1, 64):
        report(f"HEADS, RMSNorm, an element of a head of {d}", head_part(machine, d, norm=CONSTANTS, epsilon=1e-5))
    report("HEADS, an element to the KV row", head_part(machine, 64, stride=1 << 12))
    report("ATTENTION, an element of q·k or of e·v, with its conversion from binary16",
           lambda worst: attention_element(machine, worst))
    report("ATTENTION, a position of a head besides (scale, maximum, exp, sum)",
           lambda worst: attention(machine, 64, worst) - 128 * attention_element(machine, worst))
    report("PROJECT, SiLU", part(machine, activation=SILU))
    report("PROJECT, GELU", part(machine, activation=GELU))
    report("PROJECT, ReLU", part(machine, activation=RELU))
    report("PROJECT, a bias or a residual", part(machine, residual=MODEL))
    report("PROJECT, a scale", part(machine, scale=1.5))
    report("a cap, an output of PROJECT or a score of ATTENTION", part(machine, cap=1.0))
    costs = [embed(machine, kind, 1.0) for kind in NAMES]
    print(f"| EMBED, an element | {min(costs):.0f} to {max(costs):.0f} | |")
    print(f"| EMBED, an element's scale | {embed(machine, 0, 1.5) - embed(machine, 0, 1.0):.0f} | |")
    print(f"| BYTES, an element | {given_bytes(machine, 1.0):.0f} | |")
    print(f"| BYTES, an element's scale | {given_bytes(machine, 1 / 255) - given_bytes(machine, 1.0):.0f} | |")
    print(f"| SAMPLE, a candidate, greedy | {sample(machine):.0f} | |")
    print(f"| SAMPLE, a candidate, temperature only | {sample(machine, temperature=1.0):.0f} | |")
    both = sample(machine, temperature=0.7, top_p=0.999999, min_p=1e-30)
    print(f"| SAMPLE, a candidate, with top-p and min-p | {both:.0f} | |")
    print(f"| SAMPLE, penalties, a logit | {sample(machine, window=1) - sample(machine):.0f} | |")
    print(f"| SAMPLE, penalties, a token of the window | {penalties(machine, False):.0f} | {penalties(machine, True):.0f} |")
    none, one = (choices(machine, count, (1, 0) * count)[1] for count in (0, 1))
    any_node, own = choices_at_worst(machine)
    print(f"| SAMPLE, choices | {one - none} | {own} |")
    print(f"| any node behind the prompt, choices | | {any_node} |")


def main():
    run_elf, elf = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(run_elf, elf, folder)
        formats(machine)
        print()
        operators(machine)


main()
