"""How an evaluation is printed: the targets' table, the confusion matrix, the misses."""

from collections.abc import Mapping

from followup.domain.acuity import Acuity
from followup.domain.triage.evaluate import ORDER, Evaluation, Measure

_WIDTH = 44
_SHOWN = 100


def render_report(evaluation: Evaluation, others: Mapping[str, Evaluation] | None = None, misses: int = 40) -> str:
    """The whole report as plain text; `others` are further readers of the same replies, by name, to compare with."""
    lines = [f"{evaluation.count} replies", "", *_table(evaluation)]
    for name, part in evaluation.parts.items():
        lines += ["", f"{name}: {part.count} replies", "", *_table(part)]
    if others:
        lines += ["", "compared on the same replies", "", *_compared(evaluation, others)]
    lines += ["", "label (down) read as (across)", "", *_confusion(evaluation)]
    if misses:
        lines += ["", f"misses, gravest first ({len(evaluation.misses)} in all)", ""]
        for one in evaluation.misses[:misses]:
            text = " ".join(one.text.split())
            text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
            lines.append(f"{one.id:<14} {one.label:<9} read {one.read:<9} {text}  [{', '.join(one.rules)}]")
    return "\n".join(lines) + "\n"


def _table(evaluation: Evaluation) -> list[str]:
    head = f"{'measure':<{_WIDTH}} {'share':>7} {'95 % interval':>17} {'count':>11} {'must':>9} {'aim':>8}"
    return [head, "-" * len(head), *(_row(one) for one in evaluation.measures)]


def _row(one: Measure) -> str:
    sign = "<" if one.at_most else "≥"
    share = f"{one.share:7.1%}" if one.total else f"{'-':>7}"
    mark = "" if one.holds else "  missed"
    return (
        f"{one.name:<{_WIDTH}} {share} {one.low:8.1%} {one.high:8.1%} {one.hits:>5}/{one.total:<5} "
        f"{sign}{one.must:>7.1%} {one.aim:>8.1%}{mark}"
    )


def _compared(evaluation: Evaluation, others: Mapping[str, Evaluation]) -> list[str]:
    lines = [f"{'measure':<{_WIDTH}} {'this':>9} " + " ".join(f"{name:>16}" for name in others)]
    for place, one in enumerate(evaluation.measures):
        cells = " ".join(f"{other.measures[place].share:>16.1%}" for other in others.values())
        lines.append(f"{one.name:<{_WIDTH}} {one.share:>9.1%} {cells}")
    return lines


def _confusion(evaluation: Evaluation) -> list[str]:
    used = [acuity for acuity in ORDER if any(acuity in pair for pair in evaluation.confusion)]
    lines = [f"{'':<10}" + "".join(f"{acuity:>11}" for acuity in used)]
    for label in used:
        lines.append(f"{label:<10}" + "".join(f"{_count(evaluation, label, read):>11}" for read in used))
    return lines


def _count(evaluation: Evaluation, label: Acuity, read: Acuity) -> int:
    return evaluation.confusion.get((label, read), 0)
