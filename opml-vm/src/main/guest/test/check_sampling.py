"""Compares the sampler, the token feedback and the stop rule with a second implementation.

usage: check_sampling.py RUN_IMAGE RUN_ELF ELF. The "model" is a table of logits by last token: an EMBED row whose
output the SAMPLE row reads. Binary32 arithmetic is done in binary64 and rounded, which is exact for + - * /.
"""
import math
import os
import random
import struct
import subprocess
import sys
import tempfile

from image import EMBED, MODEL, SAMPLE, SAMPLED, STATE, f32_bits, input_region

OUTPUT = 0x11000000
NAN, INF = math.nan, math.inf


def f32(value):
    if value != value or abs(value) == INF:
        return value
    try:
        return struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return math.copysign(INF, value)


def exp(x):
    if x != x or x > 88:
        return x if x != x else INF
    if x < -87:
        return 0.0
    n = round(f32(x * float.fromhex("0x1.715476p0")))
    r = f32(f32(x - f32(n * float.fromhex("0x1.62e4p-1"))) - f32(n * float.fromhex("0x1.7f7d1cp-20")))
    q = float.fromhex("0x1.6a2352p-10")
    for c in ("0x1.123a6cp-7", "0x1.5558f4p-5", "0x1.555490p-3", "0x1.fffffcp-2"):
        q = f32(f32(q * r) + float.fromhex(c))
    p = f32(f32(q * r) * r)
    return f32(f32(f32(p + r) + 1) * 2.0**n)


def sample(logits, position, temperature, top_k, top_p, min_p, seed):
    numbers = sorted((i for i, l in enumerate(logits) if l == l), key=lambda i: (-logits[i], i))
    if not numbers:
        return 0
    temperature, top_p, min_p = f32(temperature), f32(top_p), f32(min_p)
    m = logits[numbers[0]]
    if not (2**-7 <= temperature <= 2**7 and 0 < top_p <= 1 and 0 <= min_p < 1) or abs(m) == INF:
        return numbers[0]
    if top_k > 0:
        numbers = numbers[:top_k]
    weight = lambda i: exp(f32(logits[i] - m))
    if top_p < 1:
        total = running = 0.0
        for i in numbers:
            total = f32(total + weight(i))
        for kept, i in enumerate(numbers, 1):
            running = f32(running + weight(i))
            if running >= f32(top_p * total):
                break
        numbers = numbers[:kept]
    if min_p > 0:
        numbers = [i for k, i in enumerate(numbers) if k == 0 or weight(i) >= min_p]
    scaled = [exp(f32(f32(logits[i] - m) / temperature)) for i in numbers]
    total = 0.0
    for w in scaled:
        total = f32(total + w)
    mask = 2**64 - 1
    z = (seed + (position + 1) * 0x9E3779B97F4A7C15) & mask
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & mask
    z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
    z ^= z >> 31
    target = f32((z >> 40) * 2.0**-24 * total)
    running = 0.0
    for i, w in zip(numbers, scaled):
        running = f32(running + w)
        if running > target:
            return i
    return numbers[-1]


def expected(table, prompt, new_tokens, limit, stops, stop_policy, **parameters):
    out = []
    if not 0 < len(prompt) <= limit:
        return [0] * (1 + new_tokens)
    for position in range(min(len(prompt) + new_tokens - 1, limit)):
        if position + 1 < len(prompt):
            continue
        if stop_policy == 1 and out and out[-1] in stops:
            break
        last = (prompt + out)[position]
        out.append(sample(table[last if last < len(table) else 0], position, **parameters))
    return [len(out)] + out + [0] * (new_tokens - len(out))


def random_table(rng, size, kind):
    table = []
    for t in range(size):
        row = [f32(rng.gauss(0, 4)) for _ in range(size)]
        if kind == "ties":
            row = [rng.choice((-0.0, 0.0, 1.0, 1.5, -2.0)) for _ in range(size)]
        elif kind == "special":
            row = [rng.choice((x, x, x, NAN, -INF, f32(1e-42), f32(-3e38))) for x in row]
            if t % 5 == 0:
                row[t % size] = INF
            if t % 7 == 0:
                row = [NAN] * size
        elif kind == "wide":
            row = [f32(x * 60) for x in row]
        table.append(row)
    return table


def graph(size, limit, stops):
    rows = [[EMBED, SAMPLED, size, 0, 0, 0, 0, 0, MODEL, 0, 0, 0, STATE, 0, 0] + [0] * 10,
            [SAMPLE, SAMPLED, size, 0, 0, 0, 0, 0, 0, 0, 0, STATE, 0, 0, 0] + [0] * 10]
    header = struct.pack("<8I", 0x4C4D504F, 1, 0, len(rows), size, limit, len(stops), 0)
    header += struct.pack("<16I", *(stops + [0] * (16 - len(stops)))) + bytes(32)
    return header + b"".join(struct.pack("<8I7Q10I", *r) for r in rows)


def main():
    runners = ([sys.argv[1]], [sys.argv[2], sys.argv[3]])
    seed = int(os.environ.get("SAMPLING_SEED", "1"))
    rng = random.Random(seed)
    failures = cases = 0
    with tempfile.TemporaryDirectory() as folder:
        g, i, m, o = (os.path.join(folder, n) for n in "gimo")
        for case in range(48):
            size = rng.choice((1, 2, 33, 150))
            kind = rng.choice(("plain", "ties", "special", "wide"))
            table = random_table(rng, size, kind)
            limit = rng.choice((2, 12, 40))
            prompt = [rng.randrange(size + 1) for _ in range(rng.choice((0, 1, 3, 3, 41)))]
            new_tokens = rng.choice((1, 20))
            stops = rng.sample(range(size), min(size, rng.choice((0, 1, 16))))
            settings = dict(temperature=rng.choice((0.0, 0.5, 0.8, 1.0, 3.0, 2.0**-7, 128.5, NAN)),
                            top_k=rng.choice((0, 1, 5, 40, 1000)), top_p=rng.choice((1.0, 0.9, 0.1, 0.5, 0.0, NAN)),
                            min_p=rng.choice((0.0, 0.05, 0.5, -0.0, 1.0)), seed=rng.getrandbits(64))
            stop_policy = rng.choice((0, 1, 2))
            want = expected(table, prompt, new_tokens, limit, stops, stop_policy, **settings)
            with open(g, "wb") as file:
                file.write(graph(size, limit, stops))
            with open(i, "wb") as file:
                file.write(input_region(prompt, new_tokens, stop_policy, **settings))
            with open(m, "wb") as file:
                file.write(b"".join(struct.pack(f"<{size}f", *row) for row in table))
            for runner in runners:
                nodes = max(2 * (len(prompt) + new_tokens - 1), 2)
                subprocess.run([runner[0], g, i, m, str(nodes), o, hex(OUTPUT), str(4 * len(want)), *runner[1:]],
                               check=True)
                with open(o, "rb") as file:
                    got = list(struct.unpack(f"<{len(want)}I", file.read()))
                cases += 1
                if got != want:
                    failures += 1
                    print(f"FAILED: case {case} {runner[0]} {kind} {settings}: {got}, expected {want}")
    print(f"{'FAILED' if failures else 'ok'}: sampling, {cases} runs, seed {seed}")
    sys.exit(1 if failures else 0)


main()
