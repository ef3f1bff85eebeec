"""Which outcomes of a call count as contact."""

from followup.domain.contact import ContactHow, ContactOutcome


def test_only_words_exchanged_with_somebody_count_as_contact() -> None:
    reached = {outcome for outcome in ContactOutcome if outcome.reached}
    assert reached == {ContactOutcome.REACHED, ContactOutcome.REACHED_OTHER}


def test_every_way_and_outcome_has_words_of_its_own() -> None:
    labels = [each.label for each in (*ContactHow, *ContactOutcome)]
    assert len(set(labels)) == len(labels)
