"""Phrase scores by the rules of conlleval, written anew from their description.

Writes Tests/Fixtures/tagging/phrases.json: a list of cases, each with the tags `expected` and `found` of one sentence,
drawn at random and mostly ill-formed, and `counts`, which maps each type, and "" for all of them together, to the numbers
of phrases expected, found and correct; `words_correct` is the number of right tags.

Unlike the toolkit, which compares sets of phrases, this walks both sequences at once, as conlleval does: a pair of phrases
is correct when both began at one word with one type and then end at one word.
"""

import json
import pathlib
import random

LETTERS = {"iob": ["B", "I", "I"], "iobes": ["B", "I", "E", "S"]}


def split(tag):
    letter, _, kind = tag.partition("-")
    return letter, kind


def ends(previous, current):
    """Whether a phrase ends between two words."""
    (last, last_kind), (letter, kind) = previous, current
    if last == "O":
        return False
    if last in "ES":
        return True
    return letter in "OBS" or kind != last_kind


def starts(previous, current):
    """Whether a phrase starts at the second of two words."""
    (last, last_kind), (letter, kind) = previous, current
    if letter == "O":
        return False
    if letter in "BS":
        return True
    return last in "OES" or kind != last_kind


def score(expected, found):
    counts = {}

    def count(kind, place):
        for key in ("", kind):
            counts.setdefault(key, [0, 0, 0])[place] += 1

    outside = ("O", "")
    before, guessed_before = outside, outside
    in_correct = False
    for gold, guess in zip([split(t) for t in expected] + [outside], [split(t) for t in found] + [outside]):
        gold_ends, guess_ends = ends(before, gold), ends(guessed_before, guess)
        if in_correct:
            if gold_ends and guess_ends and before[1] == guessed_before[1]:
                count(before[1], 2)
                in_correct = False
            elif gold_ends != guess_ends or gold[1] != guess[1]:
                in_correct = False
        gold_starts, guess_starts = starts(before, gold), starts(guessed_before, guess)
        if gold_starts and guess_starts and gold[1] == guess[1]:
            in_correct = True
        if gold_starts:
            count(gold[1], 0)
        if guess_starts:
            count(guess[1], 1)
        before, guessed_before = gold, guess
    return counts


def draw(generator, letters, kinds, length):
    tags = []
    for _ in range(length):
        letter = generator.choice(letters + ["O"])
        tags.append(letter if letter == "O" else f"{letter}-{generator.choice(kinds)}")
    return tags


def main():
    generator = random.Random(4)
    cases = []
    for number in range(160):
        letters = LETTERS["iob" if number % 2 else "iobes"]
        kinds = ["NP", "VP", "a-b"][: 1 + number % 3]
        expected = draw(generator, letters, kinds, generator.randrange(0, 14))
        found = list(expected)
        for place, tag in enumerate(draw(generator, letters, kinds, len(expected))):
            if generator.random() < 0.3:
                found[place] = tag
        cases.append(
            {
                "expected": expected,
                "found": found,
                "counts": score(expected, found),
                "words_correct": sum(a == b for a, b in zip(expected, found)),
            }
        )
    path = pathlib.Path(__file__).parents[2] / "Tests/Fixtures/tagging/phrases.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(case) for case in cases)
    path.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
