"""BLEU and chrF of made-up translations, by sacrebleu; needs sacrebleu 2.6.0 and no PyTorch.

Writes Tests/Fixtures/translation/scores.json: `corpora`, each with its `translations`, its `references` (a list for each
translation), and its `scores`: of each, which `metric`, with which `options`, its `score` and `signature`, for BLEU also
`precisions`, `penalty` and `text`, for chrF its `name`; and with the option `sentences`, the score of each sentence by
itself. And `tokens`: texts and what each of sacrebleu's tokenizers makes of them.
"""

import json
import logging
import pathlib
import random

from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.metrics.bleu import _get_tokenizer

TEXTS = [
    "",
    " ",
    "one",
    "Hello, world!",
    "It's 3.5 million - or 3,500,000.00 - people, no?",
    "a.b,c 1.b c.1 1,2 .5 5. ,x x, ., .. ... 1- -1 1-2 a-b",
    "&quot;Tom &amp; Jerry&quot; &lt;b&gt; &amp;lt; &apos;",
    "<skipped> text <skipped>end",
    "line-\nbreak and\nanother -\n",
    "tab\tand\u00a0no-break\u202fspace\u3000ideographic\x1cseparator\x85next",
    "„Anführung“ – Gedankenstrich… «guillemets» 5€ §12 100% №7",
    "我喜歡猫。他說：「好！」 １２，３４５",
    "¿Qué? ¡No! 10°C ½ ² x² a+b=c <tag> {x} [y] ~z^ |w| `q`",
    "Ι ΟΔΟΣ ΣΟΦΟΣ, İstanbul STRAẞE Ǆ",
    "emoji 👩‍🚀👍🏽 fun 🇯🇵!",
    "d'accord l’eau qu'il rock'n'roll",
    "नमस्ते, दुनिया। ٣٫١٤ ، ؟",
    "(hi) \"hi\" hi) (hi 'hi' !! !a a! #",
]


def noisy(generator, sentence):
    """A sentence with words changed, left out and moved."""
    words = sentence.split(" ")
    result = []
    for word in words:
        chance = generator.random()
        if chance < 0.12:
            continue
        if chance < 0.22:
            word = generator.choice(words)
        if chance > 0.95:
            word = word.upper()
        result.append(word)
    if len(result) > 3 and generator.random() < 0.4:
        place = generator.randrange(len(result) - 1)
        result[place], result[place + 1] = result[place + 1], result[place]
    return " ".join(result)


def corpora(generator):
    nouns = ["man", "dog", "Frau", "child's", "street-car", "ball,", "3.5", "Hund.", "house"]
    verbs = ["sees", "throws", "is", "läuft", "(holds)", "asks:"]
    smalls = ["a", "the", "in", "of", "auf", "and", "—", "\"very\"", "1,000"]

    def sentence():
        size = generator.randint(1, 5)
        parts = [f"{generator.choice(smalls)} {generator.choice(nouns)} {generator.choice(verbs)}" for _ in range(size)]
        return " ".join(parts) + generator.choice([".", "!", " .", "", "?"])

    originals = [sentence() for _ in range(17)]
    yield "one reference", [noisy(generator, s) for s in originals], [[s] for s in originals]
    several = [[s, noisy(generator, s), noisy(generator, s)] for s in originals]
    yield "three references", [noisy(generator, s) for s in originals], several
    uneven = [references[: 1 + number % 3] for number, references in enumerate(several)]
    yield "one to three references", [noisy(generator, s) for s in originals], uneven
    yield "exact", originals, [[s] for s in originals]
    yield "texts", list(reversed(TEXTS)), [[t] for t in TEXTS]
    yield "texts themselves", TEXTS, [[t] for t in TEXTS]
    yield "empty translation", ["", "the man"], [["a man sees"], ["the man"]]
    yield "only an empty translation", [""], [["a man sees"]]
    yield "empty reference", ["the man"], [[""]]
    yield "nothing at all", [""], [[""]]
    yield "one word right", ["man"], [["man"]]
    yield "one word wrong", ["man"], [["dog"]]
    yield "one of three words", ["a b c"], [["a x c"]]
    yield "two words of long", ["the cat"], [["the cat sat on the mat in the house"]]
    yield "longer than its references", ["the the the the the cat the cat"], [["the cat", "the cat is there"]]
    yield "as near to both", ["a b c d"], [["a b c d e f", "a b"]]
    yield "no run of four", ["the cat sat on mat", "a dog"], [["the cat sat at mat"], ["a dog runs"]]


SETTINGS = [
    ("BLEU", {}),
    ("BLEU", {"tokenize": "none"}),
    ("BLEU", {"tokenize": "intl"}),
    ("BLEU", {"lowercase": True}),
    ("BLEU", {"smooth_method": "none"}),
    ("BLEU", {"smooth_method": "floor"}),
    ("BLEU", {"smooth_method": "floor", "smooth_value": 0.375}),
    ("BLEU", {"smooth_method": "add-k"}),
    ("BLEU", {"smooth_method": "add-k", "smooth_value": 0.5}),
    ("BLEU", {"effective_order": True}),
    ("BLEU", {"effective_order": True, "smooth_method": "floor"}),
    ("BLEU", {"effective_order": True, "smooth_method": "add-k"}),
    ("BLEU", {"effective_order": True, "smooth_method": "none"}),
    ("BLEU", {"max_ngram_order": 2}),
    ("CHRF", {}),
    ("CHRF", {"word_order": 2}),
    ("CHRF", {"word_order": 1, "lowercase": True}),
    ("CHRF", {"beta": 3, "char_order": 4}),
    ("CHRF", {"whitespace": True, "word_order": 2}),
]


def streams(references):
    """sacrebleu takes the first reference of every sentence, then the second, None where there is none."""
    most = max(len(r) for r in references)
    return [[r[number] if number < len(r) else None for r in references] for number in range(most)]


def scores(translations, references):
    for name, options in SETTINGS:
        metric = (BLEU if name == "BLEU" else CHRF)(**options)
        score = metric.corpus_score(translations, streams(references))
        entry = {
            "metric": name,
            "options": options,
            "score": score.score,
            "signature": str(metric.get_signature()),
        }
        if name == "BLEU":
            entry |= {"precisions": score.precisions, "penalty": score.bp, "text": str(score)}
        else:
            entry |= {"name": score.name}
        if options.get("effective_order") or name == "CHRF":
            pairs = zip(translations, references)
            entry["sentences"] = [metric.sentence_score(t, r).score for t, r in pairs]
        yield entry


def main():
    logging.getLogger("sacrebleu").setLevel(logging.ERROR)
    generator = random.Random(35)
    result = {
        "corpora": [
            {
                "name": name,
                "translations": translations,
                "references": references,
                "scores": list(scores(translations, references)),
            }
            for name, translations, references in corpora(generator)
        ],
        "tokens": [
            {"text": text, "tokens": {name: _get_tokenizer(name)()(text.rstrip()).split() for name in ["13a", "intl", "none"]}}
            for text in TEXTS
        ],
    }
    path = pathlib.Path(__file__).parents[2] / "Tests/Fixtures/translation/scores.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
