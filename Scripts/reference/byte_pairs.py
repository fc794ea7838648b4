"""Byte-pair merges and pieces as subword-nmt learns and writes them; needs subword-nmt 0.3.8 and no PyTorch.

Writes Tests/Fixtures/translation/byte-pairs.json: a list of cases, each with a `text`, the number of `merges` asked for,
the `minimum` frequency of a pair, the `codes` file learned, `other` text, and that text `encoded` by all merges.
`threshold` and `limited` are a minimum count of pieces and the text encoded with pieces that are rarer in the encoded
`text` taken apart again.

The texts are hard for who counts pairs: words of few different letters, in which a symbol arises in many ways, many pairs
that are equally frequent, and more than a hundred merges, after which subword-nmt drops rare pairs from its lists.
"""

import collections
import contextlib
import io
import json
import pathlib
import random

from subword_nmt.apply_bpe import BPE
from subword_nmt.learn_bpe import learn_bpe


def draw(generator, letters, words, longest, kinds):
    """Lines of words, some of which occur often."""
    known = ["".join(generator.choices(letters, k=generator.randint(1, longest))) for _ in range(kinds)]
    weights = [1 / (rank + 1) for rank in range(kinds)]
    drawn = generator.choices(known, weights, k=words)
    lines = []
    while drawn:
        size = generator.randint(0, 9)
        lines.append(" ".join(drawn[:size]))
        drawn = drawn[size:]
    return "\n".join(lines) + "\n"


def learn(text, merges, minimum):
    codes = io.StringIO()
    with contextlib.redirect_stderr(io.StringIO()):
        learn_bpe(io.StringIO(text), codes, merges, min_frequency=minimum)
    return codes.getvalue()


def encode(codes, text, vocabulary=None):
    encoder = BPE(io.StringIO(codes), vocab=vocabulary)
    return "".join(encoder.process_line(line) for line in io.StringIO(text))


def case(text, other, merges, minimum, threshold):
    codes = learn(text, merges, minimum)
    counts = collections.Counter(encode(codes, text).split())
    frequent = {piece for piece, count in counts.items() if count >= threshold}
    return {
        "text": text,
        "merges": merges,
        "minimum": minimum,
        "codes": codes,
        "other": other,
        "encoded": encode(codes, other),
        "threshold": threshold,
        "limited": encode(codes, other, frequent),
    }


def main():
    generator = random.Random(17)
    settings = [
        # letters, words, longest, kinds, merges, minimum
        ("a", 30, 13, 9, 20, 1),
        ("ab", 120, 12, 60, 90, 1),
        ("ab", 300, 24, 90, 400, 1),
        ("abc", 700, 17, 250, 700, 2),
        ("aab.", 400, 20, 160, 350, 2),
        ("etaoinshrdlu", 900, 11, 300, 500, 3),
        ("äöüß\u00e9\u0301e<>/w\\", 400, 9, 150, 260, 2),
        ("日本語\U0001f600\ue000x", 300, 7, 120, 150, 2),
    ]
    cases = []
    for letters, words, longest, kinds, merges, minimum in settings:
        text = draw(generator, letters, words, longest, kinds)
        other = draw(generator, letters + "z", 40, longest + 3, 40)
        cases.append(case(text, other, merges, minimum, threshold=generator.randint(2, 30)))
    lines = [
        "low lower lowest newer wider new\n",
        "neuer niedriger niedrig breiter Übergröße\n",
    ]
    text = "".join(line * 5 for line in lines)
    cases.append(case(text, "lowering the widest low, neue Größe\n\n  low \n", 12, 2, 6))
    path = pathlib.Path(__file__).parents[2] / "Tests/Fixtures/translation/byte-pairs.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
