"""Compares the sampler, the token feedback and the stop rule with a second implementation.

usage: check_sampling.py RUN_IMAGE RUN_ELF ELF. The "model" is a table of logits by last token: an EMBED row whose
output the SAMPLE row reads. They lie behind the output's tokens, so that one dump also shows whether a later node was
the identity and whether the logits stayed. Binary32 arithmetic is done in binary64 and rounded, which is exact for
+ - * /.
"""
import collections
import math
import os
import random
import struct
import subprocess
import sys
import tempfile

from image import EMBED, MODEL, SAMPLE, SAMPLED, graph_region, input_region, node_row

OUTPUT = 0x11000000
LOGITS = 1024
CHOICE_WORDS = 1 << 14
CASES = 160
NAN, INF = math.nan, math.inf
NO_PENALTIES = dict(repeat=1.0, presence=0.0, frequency=0.0, window=0)
NO_CHOICES = dict(choice_count=0, choice_words=())


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


def quotient(a, b):
    if b == 0:
        return NAN if a == 0 or a != a else math.copysign(INF, a) * math.copysign(1, b)
    return f32(a / b)


def penalised(l, count, repeat, presence, frequency):
    repeat, presence, frequency = f32(repeat), f32(presence), f32(frequency)
    l = quotient(l, repeat) if l > 0 else f32(l * repeat)
    return f32(l - f32(f32(count * frequency) + presence))


def choices_of(count, words):
    """The choices of the request, of its first 2^14 words alone."""
    words = (list(words) + [0] * CHOICE_WORDS)[:CHOICE_WORDS]
    choices = []
    while words and len(choices) < count and words[0] < len(words):
        choices.append(words[1:1 + words[0]])
        words = words[1 + words[0]:]
    return choices


def sample(logits, ids, position, temperature, top_k, top_p, min_p, seed):
    numbers = sorted((i for i in ids if logits[i] == logits[i]), key=lambda i: (-logits[i], i))
    if not numbers:
        return min(ids, default=0)
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


def expected(table, prompt, new_tokens, limit, stops, stop_policy, repeat, presence, frequency, window, choice_count,
             choice_words, **parameters):
    """What the request leaves behind: the output, and the logits that were read last."""
    out, logits = [], bytes(4 * len(table))
    choices = choices_of(choice_count, choice_words)
    for position in range(min(len(prompt) + new_tokens - 1, limit) if 0 < len(prompt) <= limit else 0):
        if position + 1 < len(prompt):
            continue
        if stop_policy == 1 and out and out[-1] in stops or choice_count > 0 and out and out in choices:
            break
        tokens = [t if t < len(table) else 0 for t in prompt + out]
        row = list(table[tokens[position]])
        logits = struct.pack(f"<{len(row)}f", *row)
        if window > 0:
            for t, count in collections.Counter(tokens[-window:]).items():
                row[t] = penalised(row[t], count, repeat, presence, frequency)
        g = len(out)
        ids = {c[g] for c in choices if len(c) > g and c[:g] == out} if choice_count > 0 else range(len(row))
        out.append(sample(row, [i for i in ids if i < len(row)], position, **parameters))
    return struct.pack(f"<{1 + len(out)}I", len(out), *out).ljust(LOGITS, b"\0") + logits


def random_penalties(rng):
    if rng.random() < 0.3:
        return dict(repeat=rng.choice((1.0, 2.0)), presence=0.0, frequency=0.0, window=0)
    usual = rng.random() < 0.7
    repeat = rng.choice((1.1, 1.3, 4.0) if usual else (0.0, -0.0, -1.5, INF, NAN, 1e-40, 3e38))
    presence = rng.choice((0.0, 0.5, 3.0) if usual else (-0.0, -2.0, INF, -INF, NAN, 1e-42))
    frequency = rng.choice((0.0, 0.25, 2.5) if usual else (-0.5, INF, -INF, NAN, 1e-42, 3e38))
    return dict(repeat=repeat, presence=presence, frequency=frequency,
                window=rng.choice((1, 2, 3, 10, 1000, 2**32 - 1)))


def random_choices(rng, size):
    """Answers that begin alike, some of them twice, one in another, empty, or with ids that are none; then what a
    hostile request makes of the count, of a length, and of the end of the words."""
    ids = [rng.randrange(size) for _ in range(4)]
    if rng.random() < 0.3:
        ids += [size, size + 1, 2**32 - 1]
    answers = []
    for _ in range(rng.choice((1, 2, 8, 40))):
        begin = rng.choice(answers) if answers and rng.random() < 0.7 else []
        begin = begin[:rng.randrange(len(begin) + 1)]
        answers.append(begin + [rng.choice(ids) for _ in range(rng.randrange(0 if rng.random() < 0.2 else 1, 6))])
    words = [w for a in answers for w in [len(a), *a]]
    count = len(answers)
    kind = rng.choice(("plain", "plain", "plain", "plain", "fewer", "more", "length", "end", "end"))
    if kind == "fewer":
        count = rng.randrange(1, count + 1)
    elif kind == "more":
        count = rng.choice((count + 1, CHOICE_WORDS, 2**31, 2**32 - 1))
    elif kind == "length":
        last = len(words) - len(answers[-1]) - 1
        words[last] = rng.choice((0, 2**30, 2**31)) + rng.choice((words[last], words[last] + 1)) if rng.random() < 0.5 \
            else rng.choice((CHOICE_WORDS, CHOICE_WORDS - last - 1, CHOICE_WORDS - last, 2**32 - 1))
    elif kind == "end":  # a first answer that puts the end of the words within, before or behind the others
        rest = rng.choice((len(words), len(words), len(words) - 1, len(words) + 1, rng.randrange(len(words) + 1)))
        first = CHOICE_WORDS - 1 - rest
        words = [first, *(rng.randrange(size) for _ in range(first)), *words]
        count = rng.choice((count + 1, count + 2, 2**32 - 1))
    return dict(choice_count=count, choice_words=words)


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
    rows = [node_row(EMBED, flags=SAMPLED, n=size, scale=1.0, matrix=MODEL, out=OUTPUT + LOGITS),
            node_row(SAMPLE, flags=SAMPLED, n=size, in_=OUTPUT + LOGITS)]
    return graph_region(rows, size, limit, stops=stops)


def tokens(dump):
    return struct.unpack_from(f"<{struct.unpack_from('<I', dump)[0]}I", dump, 4)


def main():
    runners = ([sys.argv[1]], [sys.argv[2], sys.argv[3]])
    seed = int(os.environ.get("SAMPLING_SEED", "1"))
    rng = random.Random(seed)
    failures = cases = 0
    with tempfile.TemporaryDirectory() as folder:
        g, i, m, o = (os.path.join(folder, n) for n in "gimo")
        for case in range(CASES):
            size = rng.choice((1, 2, 6, 6, 33, 150))
            kind = rng.choice(("plain", "ties", "special", "wide"))
            table = random_table(rng, size, kind)
            limit = rng.choice((2, 12, 40, 40, 40))
            prompt = [rng.randrange(size + 1) for _ in range(rng.choice((0, 1, 3, 3, 3, 8, 12, 41)))]
            new_tokens = rng.choice((1, 20, 20, 20))
            stops = rng.sample(range(size), min(size, rng.choice((0, 1, 16))))
            settings = dict(temperature=rng.choice((0.0, 0.5, 0.8, 1.0, 3.0, 3.0, 20.0, 2.0**-7, 128.5, NAN)),
                            top_k=rng.choice((0, 0, 1, 5, 40, 1000)),
                            top_p=rng.choice((1.0, 1.0, 1.0, 0.9, 0.9, 0.1, 0.5, 0.0, NAN)),
                            min_p=rng.choice((0.0, 0.0, 0.0, 0.05, 0.5, -0.0, 1.0)), seed=rng.getrandbits(64),
                            **random_penalties(rng) if rng.random() < 0.6 else NO_PENALTIES,
                            **random_choices(rng, size) if rng.random() < 0.6 else NO_CHOICES)
            stop_policy = rng.choice((0, 1, 2))
            want = expected(table, prompt, new_tokens, limit, stops, stop_policy, **settings)
            with open(g, "wb") as file:
                file.write(graph(size, limit, stops))
            with open(i, "wb") as file:
                file.write(input_region(prompt, new_tokens, stop_policy, **settings))
            with open(m, "wb") as file:
                file.write(b"".join(struct.pack(f"<{size}f", *row) for row in table))
            for runner in runners:
                nodes = rng.choice((-1, max(2 * (len(prompt) + new_tokens - 1), 2)))
                subprocess.run([runner[0], g, i, m, str(nodes), o, hex(OUTPUT), str(len(want)), *runner[1:]],
                               check=True)
                with open(o, "rb") as file:
                    got = file.read()
                cases += 1
                if got != want:
                    failures += 1
                    settings["choice_words"] = settings["choice_words"][:100]
                    print(f"FAILED: case {case} {runner[0]}, {nodes} nodes, {kind}, {settings}: {tokens(got)}, expected "
                          f"{tokens(want)}{'' if got[LOGITS:] == want[LOGITS:] else '; other logits'}")
    print(f"{'FAILED' if failures else 'ok'}: sampling, {cases} runs, seed {seed}")
    sys.exit(1 if failures else 0)


main()
