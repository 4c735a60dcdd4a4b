"""Writes the graph and input regions of a LLaMA model's program image, as docs/image.md lays them out.

An independent second builder: it exists so that the guest can be tested without the Java one.
"""
import math
import struct

STATE = 0x10_0000_0000
MODEL = 0x20_0000_0000
GRAPH = 0x4000_0000
SAMPLED = 1
EMBED, NORM, HEADS, ATTENTION, PROJECT, SAMPLE, BYTES = range(1, 8)
SILU, GELU, RELU = range(1, 4)
PARTS = ("op flags n first count head_dim rope_dim pairing group stride window activation matrix_type factor_type "
         "epsilon scale cap zero matrix factor bias factor_bias norm table in_ out residual keys values").split()
SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
BLOCKS = {0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 12: (256, 144),
          13: (256, 176), 14: (256, 210), 30: (1, 2)}


class Gguf:
    """Metadata and tensor directory of a GGUF file."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            self.file = file
            magic, version, tensors, pairs = struct.unpack("<4sIQQ", file.read(24))
            assert magic == b"GGUF" and version in (2, 3), path
            self.meta = {}
            for _ in range(pairs):
                key = self._string().decode()
                self.meta[key] = self._value(self._read("I"))
            self.tensors = {}
            for _ in range(tensors):
                name = self._string().decode()
                dims = [self._read("Q") for _ in range(self._read("I"))]
                kind, offset = self._read("I"), self._read("Q")
                self.tensors[name] = (kind, dims, offset)
            alignment = self.meta.get("general.alignment", 32)
            start = -(-file.tell() // alignment) * alignment
        self.tensors = {k: (t, d, start + o) for k, (t, d, o) in self.tensors.items()}

    def _read(self, code):
        return struct.unpack("<" + code, self.file.read(struct.calcsize("<" + code)))[0]

    def _string(self):
        return self.file.read(self._read("Q"))

    def _value(self, kind):
        if kind == 8:
            return self._string()
        if kind == 9:
            inner, count = self._read("I"), self._read("Q")
            return [self._value(inner) for _ in range(count)]
        return self._read(SCALARS[kind])


def up(value, unit):
    return -(-value // unit) * unit


def node_row(op, **parts):
    """Bytes of a node row. What is not named is zero."""
    assert set(parts) <= set(PARTS), parts
    parts["op"] = op
    return struct.pack("<14I3fI11Q96x", *(parts.get(name, 0) for name in PARTS))


def graph_region(rows, vocabulary, context, mode=0, stops=()):
    """Bytes of the header and of the node table."""
    header = struct.pack("<8I", 0x4C4D504F, 2, mode, len(rows), vocabulary, context, len(stops), 0)
    header += struct.pack(f"<{len(stops)}I", *stops)
    return header.ljust(256, b"\0") + b"".join(rows)


class Image:
    """The graph region of a model, and where its logits are."""

    def __init__(self, gguf, context, mode=0, slices=1):
        meta = gguf.meta
        arch = meta["general.architecture"].decode()
        self.gguf = gguf
        self.dim = meta[arch + ".embedding_length"]
        self.layers = meta[arch + ".block_count"]
        self.heads = meta[arch + ".attention.head_count"]
        self.kv_heads = meta.get(arch + ".attention.head_count_kv", self.heads)
        self.head_dim = self.dim // self.heads
        self.hidden = meta[arch + ".feed_forward_length"]
        self.vocabulary = gguf.tensors["token_embd.weight"][1][1]
        self.rope_dim = meta.get(arch + ".rope.dimension_count", self.head_dim)
        self.base = meta.get(arch + ".rope.freq_base", 10000.0)
        self.eps = meta[arch + ".attention.layer_norm_rms_epsilon"]
        self.context = context
        self.mode = mode
        self.slices = slices
        self.stops = [meta["tokenizer.ggml.eos_token_id"]] if "tokenizer.ggml.eos_token_id" in meta else []
        self._lay_out_state()
        self.rows = list(self._rows())

    def _lay_out_state(self):
        at = STATE
        for name, count in (("x", self.dim), ("xn", self.dim), ("q", self.heads * self.head_dim),
                            ("att", self.heads * self.head_dim), ("h", self.hidden), ("logits", self.vocabulary)):
            setattr(self, name, at)
            at += up(4 * count, 128)
        self.values_at = up(2 * self.kv_heads * self.head_dim, 128)
        self.kv_stride = 2 * self.values_at
        at = up(at, 1 << 20)
        self.kv = []
        for _ in range(self.layers):
            self.kv.append(at)
            at = up(at + self.context * self.kv_stride, 4096)
        self.state_end = at

    def _matrix(self, name, part="matrix"):
        kind, _, offset = self.gguf.tensors[name + ".weight"]
        return {part: MODEL + offset, part + "_type": kind}

    def _norm(self, name, flags=0):
        _, _, offset = self.gguf.tensors[name + ".weight"]
        return NORM, dict(flags=flags, n=self.dim, norm=MODEL + offset, epsilon=self.eps, in_=self.x, out=self.xn)

    def _ranges(self, count, unit):
        """Slices of a number of rows or heads, which begin at multiples of unit."""
        step = up(-(-count // self.slices), unit)
        return [dict(first=f, count=min(step, count - f)) for f in range(0, count, step)]

    def _heads(self, weights, heads, slot, **parts):
        """Slices begin at slots, each of that many elements."""
        for part in self._ranges(heads, math.lcm(slot, self.head_dim) // self.head_dim):
            yield HEADS, dict(**part, n=self.dim, head_dim=self.head_dim, **self._matrix(weights), in_=self.xn, **parts)

    def _project(self, weights, n, count, **parts):
        for part in self._ranges(count, 32):
            yield PROJECT, dict(**part, n=n, scale=1.0, **self._matrix(weights), **parts)

    def _layer(self, name, kv):
        d, queries = self.head_dim, self.heads * self.head_dim
        cache = dict(stride=self.kv_stride)
        rotation = dict(rope_dim=self.rope_dim)
        yield self._norm(name + "attn_norm")
        yield from self._heads(name + "attn_q", self.heads, 32, out=self.q, **rotation)
        yield from self._heads(name + "attn_k", self.kv_heads, 64, out=kv, **cache, **rotation)
        yield from self._heads(name + "attn_v", self.kv_heads, 64, out=kv + self.values_at, **cache)
        for part in self._ranges(self.heads, math.lcm(32, d) // d):
            yield ATTENTION, dict(**part, n=queries, head_dim=d, group=self.heads // self.kv_heads, in_=self.q,
                                  out=self.att, keys=kv, values=kv + self.values_at, scale=1.0 / math.sqrt(d), **cache)
        yield from self._project(name + "attn_output", queries, self.dim, in_=self.att, out=self.x, residual=self.x)
        yield self._norm(name + "ffn_norm")
        yield from self._project(name + "ffn_gate", self.dim, self.hidden, activation=SILU,
                                 **self._matrix(name + "ffn_up", "factor"), in_=self.xn, out=self.h)
        yield from self._project(name + "ffn_down", self.hidden, self.dim, in_=self.h, out=self.x, residual=self.x)

    def _rows(self):
        yield EMBED, dict(n=self.dim, scale=1.0, out=self.x, **self._matrix("token_embd"))
        for layer, kv in enumerate(self.kv):
            yield from self._layer(f"blk.{layer}.", kv)
        output = "output" if "output.weight" in self.gguf.tensors else "token_embd"
        yield self._norm("output_norm", SAMPLED)
        yield from self._project(output, self.dim, self.vocabulary, flags=SAMPLED, in_=self.xn, out=self.logits)
        yield SAMPLE, dict(flags=SAMPLED, n=self.vocabulary, in_=self.logits)

    def graph(self):
        """Bytes of the graph region up to the end of the RoPE table."""
        table = up(256 * (1 + len(self.rows)), 4096)
        rows = [node_row(op, **parts, table=GRAPH + table if "rope_dim" in parts else 0) for op, parts in self.rows]
        angles = []
        for p in range(self.context):
            for j in range(self.rope_dim // 2):
                theta = p * math.pow(self.base, -2.0 * j / self.rope_dim)
                angles += [math.cos(theta), math.sin(theta)]
        region = graph_region(rows, self.vocabulary, self.context, self.mode, self.stops)
        return region.ljust(table, b"\0") + struct.pack(f"<{len(angles)}f", *angles)

    def step_count(self, prompt, new_tokens):
        return (len(prompt) + new_tokens - 1) * len(self.rows)


def input_region(prompt, new_tokens, stop_policy=0, temperature=0.0, top_k=0, top_p=1.0, min_p=0.0, seed=0,
                 repeat=1.0, presence=0.0, frequency=0.0, window=0, choice_count=0, choice_words=()):
    header = struct.pack("<4IfIffQ3f2I", 2, len(prompt), new_tokens, stop_policy, temperature, top_k, top_p, min_p, seed,
                         repeat, presence, frequency, window, choice_count)
    region = header.ljust(128, b"\0") + struct.pack(f"<{len(prompt)}I", *prompt)
    if choice_words:
        region = region.ljust(up(len(region), 128), b"\0") + struct.pack(f"<{len(choice_words)}I", *choice_words)
    return region
