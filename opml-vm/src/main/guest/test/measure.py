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

from image import (ATTENTION, BLOCKS, EMBED, GATE_UP, GRAPH, MATMUL, MODEL, QKV, RMS_NORM, SAMPLE, STATE, f32_bits,
                   input_region)

NAMES = {0: "F32", 1: "F16", 30: "BF16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 12: "Q4_K",
         13: "Q5_K", 14: "Q6_K"}
SCALES = {2: (0,), 3: (0, 2), 6: (0,), 7: (0, 2), 8: (0,), 12: (0, 2), 13: (0, 2), 14: (208,)}
rng = random.Random(1)


def floats(n, worst, scale=1.0):
    """Ordinary: normal deviates. Worst: of the size that gives subnormal products with what `weights` makes."""
    if worst:
        return struct.pack(f"<{n}f", *(rng.uniform(1, 2) * scale for _ in range(n)))
    return struct.pack(f"<{n}f", *(rng.gauss(0, 1) for _ in range(n)))


def weights(kind, n, worst):
    if kind == 0:
        return (struct.pack(f"<{n}I", *(rng.randrange(1, 1 << 22) for _ in range(n))) if worst
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


class Machine:
    def __init__(self, run_elf, elf, folder):
        self.command, self.elf, self.folder = run_elf, elf, folder

    def count(self, model, row, x, position=0, table=b"", parameters={}):
        """Instructions of one row at a position, after an EMBED row has put x into state at its base."""
        g, i, m, o, c = (os.path.join(self.folder, n) for n in "gimoc")
        x_at = -(-len(model) // 128) * 128
        rows = [[EMBED, 0, len(x) // 4, 0, 0, 0, 0, 0, MODEL + x_at, 0, 0, 0, STATE, 0, 0] + [0] * 10, row]
        header = struct.pack("<8I", 0x4C4D504F, 1, 0, 2, 1 << 20, 1 << 13, 0, 0) + bytes(96)
        graph = header + b"".join(struct.pack("<8I7Q10I", *r) for r in rows)
        with open(g, "wb") as file:
            file.write(graph.ljust(4096, b"\0") + table)
        with open(i, "wb") as file:
            file.write(input_region([0] * (position + 1), 1, **parameters))
        with open(m, "wb") as file:
            file.write(model.ljust(x_at, b"\0") + x)
        nodes = str(2 * (position + 1))
        subprocess.run([self.command, g, i, m, nodes, o, "0x11000000", "4", self.elf, c], check=True)
        with open(c) as file:
            return int(file.read().split()[-1])


def row(op, n, count=0, kinds=(0, 0, 0), at=(0, 0, 0), flags=0, aux=0, constant=0, attention=(0,) * 7, first=0):
    return [op, flags, n, first, count, *kinds, *(MODEL + a for a in at), STATE, STATE + (1 << 24), aux, GRAPH + 4096,
            *attention, constant, 0, 0]


def product(machine, op, kind, n, count, worst):
    tensors = 2 if op == GATE_UP else 1
    return machine.count(weights(kind, n * count, worst) * tensors,
                         row(op, n, count, (kind,) * 3, (0, n * count // BLOCKS[kind][0] * BLOCKS[kind][1], 0)),
                         floats(n, worst, 2.0**-120 if kind == 1 else 1.0))


def attention(machine, d, position, worst):
    """One head; the cache lies in the model region, which the guest may read as well."""
    query = floats(d, worst, 2.0**-120)
    values = weights(1, 2 * d * (position + 1), worst)
    shape = (d, 0, 0, 0, 4 * d, 2 * d, 1)
    return machine.count(values, row(ATTENTION, d, 1, aux=MODEL, constant=f32_bits(0.125), attention=shape), query,
                         position)


def main():
    run_elf, elf = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(run_elf, elf, folder)
        print("| format | a weight | a weight, worst | an activation |")
        print("|---|---|---|---|")
        for kind, name in NAMES.items():
            figures = []
            for worst in (False, True):
                a, b, c = (product(machine, MATMUL, kind, n, rows, worst) for n, rows in
                           ((512, 64), (1024, 64), (512, 128)))
                slope = (c - a) / 64  # a row of 512
                d = product(machine, MATMUL, kind, 1024, 128, worst)
                wide = (d - b) / 64  # a row of 1024
                figures.append(((wide - slope) / 512, (b - a - 64 * (wide - slope)) / 512))
            (weight, quantizing), (slow, _) = figures
            print(f"| {name} | {weight:.1f} | {slow:.1f} | {max(quantizing, 0):.0f} |")
        gate = [product(machine, GATE_UP, 2, 512, rows, False) for rows in (64, 128)]
        plain = [product(machine, MATMUL, 2, 512, rows, False) for rows in (64, 128)]
        print(f"silu and product, an output of GATE_UP: {((gate[1] - gate[0]) - 2 * (plain[1] - plain[0])) / 64:.0f}")
        for worst in (False, True):
            norm = [machine.count(floats(n, False), row(RMS_NORM, n, constant=f32_bits(1e-5)),
                                  struct.pack(f"<{n}I", *[rng.randrange(1, 99) for _ in range(n)]) if worst
                                  else floats(n, False)) for n in (512, 1024)]
            print(f"RMS_NORM, an element{', worst' if worst else ''}: {(norm[1] - norm[0]) / 512:.0f}")
        rope = [machine.count(weights(0, 256 * 64, False), row(QKV, 256, 1, aux=STATE + (1 << 25), attention=(
            64, dim, 0, 0, 256, 128, 1)), floats(256, False), table=struct.pack("<64f", *[0.6] * 64)) for dim in (0, 64)]
        print(f"RoPE, an element: {(rope[1] - rope[0]) / 64:.0f}")
        for worst in (False, True):
            slopes = [(attention(machine, d, 95, worst) - attention(machine, d, 31, worst)) / 64 for d in (64, 128)]
            element = (slopes[1] - slopes[0]) / 128
            print(f"ATTENTION{', worst' if worst else ''}: an element of q·k or e·v {element:.0f}, "
                  f"a position besides {slopes[0] - 128 * element:.0f}")
        embed = []
        for kind, name in NAMES.items():
            costs = [machine.count(weights(kind, n, False), row(EMBED, n, kinds=(kind, 0, 0)), bytes(4))
                     for n in (512, 1024)]
            embed.append(f"{name} {(costs[1] - costs[0]) / 512:.0f}")
        print("EMBED, an element: " + ", ".join(embed))
        for kind in ("greedy", "temperature", "top-p", "top-p and min-p"):
            parameters = {"greedy": {}, "temperature": dict(temperature=1.0),
                          "top-p": dict(temperature=1.0, top_p=0.999999),
                          "top-p and min-p": dict(temperature=0.7, top_p=0.999999, min_p=1e-30)}[kind]
            costs = [machine.count(b"", row(SAMPLE, n), floats(n, False), parameters=parameters) for n in (8192, 16384)]
            print(f"SAMPLE, a candidate, {kind}: {(costs[1] - costs[0]) / 8192:.0f}")


main()
