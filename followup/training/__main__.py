"""`python -m followup.training`: makes the second reader's weights and word list from the labelled replies.

With `--cross` it prints how well readers that never saw a batch read it; with `--write` it stores the weights.
"""

import argparse
import sys
from pathlib import Path

from followup.domain.triage.loading import encoder, load_reader
from followup.training.corpus import labelled, vocabulary
from followup.training.cross import cross_validated, examples, fitted, rendered
from followup.training.store import write


def main() -> int:
    """Reads the arguments, trains, prints, stores. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m followup.training", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("tests/corpus/triage"), help="folder of labelled .jsonl")
    parser.add_argument("--folds", type=int, default=5, help="how many parts the batches are dealt into")
    parser.add_argument("--cross", action="store_true", help="print the cross-validated reading by batch")
    parser.add_argument("--write", action="store_true", help="store weights and vocabulary in the package")
    arguments = parser.parse_args()
    rows = labelled(arguments.corpus)
    if not rows:
        sys.stderr.write(f"no labelled replies in {arguments.corpus}\n")
        return 1
    if arguments.write:
        write("vocabulary.txt", ("\n".join(vocabulary(rows)) + "\n").encode())
    reader = load_reader(with_model=False)
    embed = encoder()
    prepared = examples(reader, rows, embed)
    sys.stdout.write(f"{len(rows)} labelled replies, {'with' if embed else 'without'} the sentence encoder\n")
    if arguments.cross:
        sys.stdout.write(rendered(rows, cross_validated(reader, rows, prepared, arguments.folds, embed)))
    if arguments.write:
        checksum = fitted(reader, prepared, embed)
        sys.stdout.write(f"weights {checksum}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
