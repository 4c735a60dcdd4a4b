"""Runs real models through the guest's operators and compares whole logits with the reference hashes.

usage: check_models.py RUN_IMAGE RUN_ELF ELF SHARED. Models that are absent are skipped, with a message.
"""
import hashlib
import os
import subprocess
import sys
import tempfile

from image import STATE, Gguf, Image, input_region

STORIES = [1, 412, 432, 261, 384]
REFERENCE = {
    "ours/stories-3.7m.f32": (STORIES, "846672e965fe11d30b65982d8c80fdbe2a6356791986dac1c34ed577d1b75067"),
    "ours/stories-3.7m.f16": (STORIES, "a8876e83239f2cd81c7dfc86119166af03aa73e3b5bdb8b1864c6d877dbeb92f"),
    "ours/stories-3.7m.bf16": (STORIES, "a999463878beb5e84825282b9b6687f2cf4eb25d78e3bf17a9be4aec4eeedf5b"),
    "ours/stories-3.7m.q8_0": (STORIES, "97124271b463c54884227497df9b1a6402adf412ae6b9f9883deaf625c378569"),
    "ours/stories-3.7m.q4_0": (STORIES, "615a6ed65d9e124aad5cae4a7d8716db6774ef246e965087dcdd799c5b74eba6"),
    "ours/stories-3.7m.q4_1": (STORIES, "3595872cda1141ef8e97aa965b7cc4d8b1aead2e77e9fae6b75fb923384647f1"),
    "ours/stories-3.7m.q5_0": (STORIES, "926bb228667d65d661fc128273a9f928a1e3f9d83cc9a984d84556d278b50d3b"),
    "ours/stories-3.7m.q5_1": (STORIES, "cd5169f41a51221bd63786a1c312164a0b4202915124de02d537762e24b6500d"),
    "ours/stories-3.7m.q4_k_m": (STORIES, "bb1fe81de20968d1ed3daba1bc78f7d58f3b51ba35ba841b1fe9198e759350c6"),
    "ours/stories-3.7m.q5_k_m": (STORIES, "28aa394fc4c33eb141c139939a4cab92b6a5d337e25eddc6648efb18bc04a3d9"),
    "ours/stories-3.7m.q6_k": (STORIES, "70455d5c2f6263ee63598540006806074fc01388141562a39fc9d34f316067b1"),
    "stories260K": ([1, 403, 407, 261, 378], "b5cff10684d14f239e83a5efea50b359792ebd34dbb6c31557e1b8afa37e2683"),
    "SmolLM2-135M-Instruct.Q4_1": ([504, 8746, 282, 253, 13269, 314],
                                   "68ca5290fa4dc97f04a9d1b4d3aa64efed76429fa4bc47566e0e9435df488b75"),
}
GREEDY = [432, 383, 286, 261, 376, 298, 315, 421, 395, 317, 426, 338, 401, 396, 267, 337]
OUTPUT = 0x11000000


INTERPRETED = ("f16", "q8_0", "q4_0", "q4_1", "q5_0", "q5_1", "q4_k_m", "q5_k_m", "q6_k", "stories260K")


class Checks:
    """Runs images natively and through the ELF, and counts what differs."""

    def __init__(self, run_image, run_elf, elf, folder):
        self.native = [run_image], []
        self.interpreted = [run_elf], [elf]
        self.folder = folder
        self.failures = 0

    def report(self, good, what):
        print(("ok: " if good else "FAILED: ") + what, flush=True)
        self.failures += not good

    def run(self, runner, image, prompt, new_tokens, address, size, nodes=None):
        graph, inputs, out = (os.path.join(self.folder, n) for n in ("graph", "input", "out"))
        with open(graph, "wb") as file:
            file.write(image.graph())
        with open(inputs, "wb") as file:
            file.write(input_region(prompt, new_tokens))
        steps = image.step_count(prompt, new_tokens) if nodes is None else nodes
        subprocess.run([*runner[0], graph, inputs, image.gguf.path, str(steps), out, hex(address), str(size),
                        *runner[1]], check=True)
        with open(out, "rb") as file:
            return file.read()

    def logits(self, name, gguf, prompt, reference):
        states = []
        for slices in (1, 4):
            image = Image(gguf, 64, slices=slices)
            states.append(self.run(self.native, image, prompt, 1, STATE, image.state_end - STATE))
            at = image.logits - STATE
            digest = hashlib.sha256(states[-1][at:at + 4 * image.vocabulary]).hexdigest()
            self.report(digest == reference, f"{name}, {slices} slices: reference logits")
        self.report(states[0] == states[1], f"{name}: the same state however sliced")
        if name.endswith(INTERPRETED):
            state = self.run(self.interpreted, image, prompt, 1, STATE, len(states[0]))
            self.report(state == states[0], f"{name}: the ELF writes the same state")

    def greedy(self, name, gguf, prompt, ids):
        for mode, nodes in ((0, None), (1, -1)):
            for runner in (self.native, self.interpreted):
                image = Image(gguf, 64, mode=mode)
                out = self.run(runner, image, prompt, len(ids), OUTPUT, 4 + 4 * len(ids), nodes)
                got = [int.from_bytes(out[i:i + 4], "little") for i in range(0, len(out), 4)]
                engine = "native" if runner is self.native else "ELF"
                self.report(got == [len(ids)] + ids, f"{name}, mode {mode}, {engine}: greedy ids")


def main():
    run_image, run_elf, elf, shared = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        checks = Checks(run_image, run_elf, elf, folder)
        for name, (prompt, reference) in REFERENCE.items():
            path = os.path.join(shared, "data", "models", name + ".gguf")
            if not os.path.exists(path):
                print(f"skipped: {name}: no such model here")
                checks.failures += os.environ.get("OPML_REQUIRE_ALL") == "1"
                continue
            gguf = Gguf(path)
            checks.logits(name, gguf, prompt, reference)
            if name == "stories260K":
                checks.greedy(name, gguf, prompt, GREEDY)
    sys.exit(1 if checks.failures else 0)


main()
