"""Writes the graph and input regions of a LLaMA model's program image, as docs/image.md lays them out.

An independent second builder: it exists so that the guest can be tested without the Java one.
"""
import math
import struct

STATE = 0x10_0000_0000
MODEL = 0x20_0000_0000
GRAPH = 0x4000_0000
SAMPLED = 1
EMBED, RMS_NORM, QKV, ATTENTION, MATMUL_ADD, GATE_UP, MATMUL, SAMPLE = range(1, 9)
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


def f32_bits(value):
    return struct.unpack("<I", struct.pack("<f", value))[0]


class Image:
    """The graph region of a model, unsliced, and where its logits are."""

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
        self.eps = f32_bits(meta[arch + ".attention.layer_norm_rms_epsilon"])
        self.context = context
        self.mode = mode
        self.slices = slices
        self.stops = [meta["tokenizer.ggml.eos_token_id"]] if "tokenizer.ggml.eos_token_id" in meta else []
        self._lay_out_state()
        self.rows = []
        self._rows()

    def _lay_out_state(self):
        at = STATE
        for name, count in (("x", self.dim), ("xn", self.dim), ("q", self.heads * self.head_dim),
                            ("att", self.heads * self.head_dim), ("h", self.hidden), ("logits", self.vocabulary)):
            setattr(self, name, at)
            at += up(4 * count, 128)
        self.value_offset = up(2 * self.kv_heads * self.head_dim, 128)
        self.kv_stride = 2 * self.value_offset
        at = up(at, 1 << 20)
        self.kv = []
        for _ in range(self.layers):
            self.kv.append(at)
            at = up(at + self.context * self.kv_stride, 4096)
        self.state_end = at

    def _row(self, op, n, tensors=(), flags=0, first=0, count=0, in_=0, out=0, aux=0, attention=None, constant=0):
        entries = [self.gguf.tensors[t] for t in tensors]
        types = [e[0] for e in entries] + [0] * (3 - len(entries))
        weights = [MODEL + e[2] for e in entries] + [0] * (3 - len(entries))
        a = attention or (0,) * 7
        rope = "ROPE" if op == QKV else 0
        self.rows.append([op, flags, n, first, count, *types, *weights, in_, out, aux, rope, *a, constant, 0, 0])

    def _ranges(self, count, unit):
        step = up(-(-count // self.slices), unit)
        return [(f, min(step, count - f)) for f in range(0, count, step)]

    def _rows(self):
        d = self.head_dim
        group = self.heads // self.kv_heads
        heads_unit = max(1, 64 // d)
        self._row(EMBED, self.dim, ["token_embd.weight"], out=self.x)
        for layer in range(self.layers):
            w = lambda name: f"blk.{layer}.{name}.weight"
            self._row(RMS_NORM, self.dim, [w("attn_norm")], in_=self.x, out=self.xn, constant=self.eps)
            queries = self._ranges(self.heads, heads_unit * group)
            keys = self._ranges(self.kv_heads, heads_unit)
            for i in range(max(len(queries), len(keys))):
                first, count = queries[i] if i < len(queries) else (0, 0)
                kv_first, kv_count = keys[i] if i < len(keys) else (0, 0)
                self._row(QKV, self.dim, [w("attn_q"), w("attn_k"), w("attn_v")], first=first, count=count,
                          in_=self.xn, out=self.q, aux=self.kv[layer],
                          attention=(d, self.rope_dim, kv_first, kv_count, self.kv_stride, self.value_offset, group))
            for first, count in self._ranges(self.heads, heads_unit):
                self._row(ATTENTION, self.heads * d, first=first, count=count, in_=self.q, out=self.att,
                          aux=self.kv[layer], attention=(d, 0, 0, 0, self.kv_stride, self.value_offset, group),
                          constant=f32_bits(1.0 / math.sqrt(d)))
            for first, count in self._ranges(self.dim, 32):
                self._row(MATMUL_ADD, self.heads * d, [w("attn_output")], first=first, count=count, in_=self.att,
                          out=self.x, aux=self.x)
            self._row(RMS_NORM, self.dim, [w("ffn_norm")], in_=self.x, out=self.xn, constant=self.eps)
            for first, count in self._ranges(self.hidden, 32):
                self._row(GATE_UP, self.dim, [w("ffn_gate"), w("ffn_up")], first=first, count=count, in_=self.xn,
                          out=self.h)
            for first, count in self._ranges(self.dim, 32):
                self._row(MATMUL_ADD, self.hidden, [w("ffn_down")], first=first, count=count, in_=self.h, out=self.x,
                          aux=self.x)
        output = "output.weight" if "output.weight" in self.gguf.tensors else "token_embd.weight"
        self._row(RMS_NORM, self.dim, ["output_norm.weight"], SAMPLED, in_=self.x, out=self.xn, constant=self.eps)
        for first, count in self._ranges(self.vocabulary, 32):
            self._row(MATMUL, self.dim, [output], SAMPLED, first=first, count=count, in_=self.xn, out=self.logits)
        self._row(SAMPLE, self.vocabulary, flags=SAMPLED, in_=self.logits)

    def graph(self):
        """Bytes of the graph region up to the end of the RoPE table."""
        header = struct.pack("<8I", 0x4C4D504F, 1, self.mode, len(self.rows), self.vocabulary, self.context,
                             len(self.stops), 0)
        header += struct.pack("<16I", *(self.stops + [0] * (16 - len(self.stops)))) + bytes(32)
        table = up(128 * (1 + len(self.rows)), 4096)
        rows = b""
        for r in self.rows:
            fields = [GRAPH + table if f == "ROPE" else f for f in r]
            rows += struct.pack("<8I7Q10I", *fields)
        angles = []
        for p in range(self.context):
            for j in range(self.rope_dim // 2):
                theta = p * math.pow(self.base, -2.0 * j / self.rope_dim)
                angles += [math.cos(theta), math.sin(theta)]
        return (header + rows).ljust(table, b"\0") + struct.pack(f"<{len(angles)}f", *angles)

    def step_count(self, prompt, new_tokens):
        return (len(prompt) + new_tokens - 1) * len(self.rows)


def input_region(prompt, new_tokens, stop_policy=0, temperature=0.0, top_k=0, top_p=1.0, min_p=0.0, seed=0):
    header = struct.pack("<4IfIffQ", 1, len(prompt), new_tokens, stop_policy, temperature, top_k, top_p, min_p, seed)
    return header.ljust(128, b"\0") + struct.pack(f"<{len(prompt)}I", *prompt)
