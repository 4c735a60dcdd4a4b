"""Turns golden.json into lines for golden_test: a word a check, then hexadecimal fields.

usage: golden.py GOLDEN_JSON
"""
import json
import struct
import sys

TYPES = {"F32": 0, "F16": 1, "Q4_0": 2, "Q4_1": 3, "Q5_0": 6, "Q5_1": 7, "Q8_0": 8, "Q4_K": 12, "Q5_K": 13,
         "Q6_K": 14, "BF16": 30}


def little(hex_words):
    """Big-endian float patterns to the bytes of little-endian memory."""
    words = [int(hex_words[i:i + 8], 16) for i in range(0, len(hex_words), 8)]
    return struct.pack(f"<{len(words)}I", *words).hex()


with open(sys.argv[1]) as file:
    golden = json.load(file)
for x, y in golden["exp"]:
    print("exp", x, y)
for x, y in golden["f16"]:
    print("kv", x, y)
for v in golden["rmsnorm"]:
    print("rmsnorm", f"{v['n']:x}", v["eps"], little(v["x"]), little(v["w"]), little(v["y"]))
for v in golden["quantize"]:
    print("quantize", f"{v['block']:x}", little(v["x"]), v["d"], v["q"])
for v in golden["row"]:
    print("row", f"{TYPES[v['format']]:x}", f"{v['n']:x}", v["weights"], little(v["x"]), v["dot"],
          little(v["dequantized"]))
