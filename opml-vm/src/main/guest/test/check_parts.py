"""Runs rows with random parts, natively and in the ELF, and compares all that they write.

usage: check_parts.py RUN_IMAGE RUN_ELF ELF. operators_test says what is right; here it is what the machine executes.
"""
import os
import random
import struct
import subprocess
import sys
import tempfile

from image import (ATTENTION, BLOCKS, EMBED, GRAPH, HEADS, MODEL, NORM, PROJECT, STATE, graph_region, input_region,
                   node_row, up)

N, POSITIONS, MODEL_BYTES, TABLE = 256, 20, 1 << 21, 4096
X, Y, Q, ATT, KV = (STATE + 4096 * i for i in range(5))
STATE_BYTES = 1 << 16


def rows(rng):
    maybe = lambda x: rng.choice((0, x))
    vector = lambda: MODEL + 4 * rng.randrange(MODEL_BYTES // 4 - N)
    cap = lambda: maybe(2.0**rng.randrange(-4, 8))
    scale = lambda: rng.choice((1.0, rng.gauss(0, 1)))

    def matrix(part="matrix"):
        kind = rng.choice((0, 0, *BLOCKS))
        size = N * N // BLOCKS[kind][0] * BLOCKS[kind][1]
        return {part: MODEL + 16 * rng.randrange((MODEL_BYTES - size) // 16), part + "_type": kind}

    d, group = rng.choice((2, 7, 24, 64)), rng.choice((1, 2))
    kv_heads = rng.randrange(1, N // d // group + 1)
    kv_part = up(2 * kv_heads * d, 128)

    def heads(count, out, stride):
        return node_row(HEADS, n=N, count=count, head_dim=d, rope_dim=maybe(2 * rng.randrange(d // 2 + 1)),
                        pairing=rng.randrange(2), stride=stride, epsilon=1e-5, bias=maybe(vector()),
                        norm=maybe(vector()), table=GRAPH + TABLE, in_=Y, out=out, **matrix())

    return [node_row(EMBED, n=N, scale=scale(), out=X, **matrix()),
            node_row(NORM, n=N, epsilon=1e-5, norm=vector(), in_=X, out=Y, residual=maybe(X)),
            heads(kv_heads * group, Q, 0),
            heads(kv_heads, KV, 2 * kv_part),
            heads(kv_heads, KV + kv_part, 2 * kv_part),
            node_row(ATTENTION, n=kv_heads * group * d, count=kv_heads * group, head_dim=d, group=group,
                     stride=2 * kv_part, window=rng.choice((0, 1, 5, POSITIONS, 99)), scale=0.125, cap=cap(), in_=Q,
                     out=ATT, keys=KV, values=KV + kv_part),
            node_row(PROJECT, n=N, first=32, count=rng.randrange(1, N - 32), activation=rng.randrange(5), scale=scale(),
                     cap=cap(), bias=maybe(vector()), factor_bias=maybe(vector()), residual=maybe(X), in_=ATT, out=X,
                     **matrix(), **rng.choice(({}, matrix("factor"))))]


def main():
    run_image, run_elf, elf = sys.argv[1:]
    seed = int(os.environ.get("PARTS_SEED", "1"))
    rng = random.Random(seed)
    cases, failures = 12, 0
    with tempfile.TemporaryDirectory() as folder:
        g, i, m, o = (os.path.join(folder, n) for n in "gimo")
        with open(m, "wb") as file:  # halves that are usual numbers, or the upper halves of such, in every format
            halves = (rng.randrange(0x3C00, 0x3F00) | rng.choice((0, 0x8000)) for _ in range(MODEL_BYTES // 2))
            file.write(struct.pack(f"<{MODEL_BYTES // 2}H", *halves))
        for case in range(cases):
            table = rows(rng)
            angles = struct.pack("<4096f", *(rng.uniform(-1, 1) for _ in range(4096)))
            with open(g, "wb") as file:
                file.write(graph_region(table, 4, POSITIONS + 1).ljust(TABLE, b"\0") + angles)
            with open(i, "wb") as file:
                file.write(input_region([rng.randrange(4) for _ in range(POSITIONS)], 1))
            states = []
            for command, *last in ((run_image,), (run_elf, elf)):
                subprocess.run([command, g, i, m, str(len(table) * POSITIONS), o, hex(STATE), str(STATE_BYTES), *last],
                               check=True)
                with open(o, "rb") as file:
                    states.append(file.read())
            if states[0] != states[1]:
                failures += 1
                print(f"FAILED: case {case}: the ELF writes another state")
    print(f"{'FAILED' if failures else 'ok'}: parts in the ELF, {cases} cases, seed {seed}")
    sys.exit(1 if failures else 0)


main()
