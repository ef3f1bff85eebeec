"""What numbers in a reply mean: pain scores and their rise, temperature, oxygen, heart rate, sugar.

Thresholds are the triage guide's: pain 8-10 urgent, 4-7 routine, 0-3 none, a rise of 2 urgent and of 1 routine;
38 C / 100.4 F urgent; oxygen under 92 % emergency. A resting pulse from 110, sugar from 250 mg/dL (14 mmol/L) or under
60, and a blood pressure from 180 or 110 are this house's proposals for a clinician's sign-off.
"""

# ruff: noqa: E501 - a pattern is read in one line, and broken over several it hides its own faults
import re
from collections.abc import Callable
from dataclasses import dataclass

from followup.domain.acuity import Acuity
from followup.domain.triage.normalise import Plain

_N = r"(?P<n>\d+(?:\.\d+)?)"
_GAP = r"(?: [^ .?]+){0,5}? "
_TEMP = (
    r"(?:temps?|temperatures?|temprature|tempature|fevers?|thermometer|thermomiter|forehead|fiebre|calentura|temperatura|termometro|"
    r"degrees|grados|deg|favor|fiver|feverish|febre|fievre|lafyev|sot)"
)
_WORDS = {
    f"{word}": value
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
}
_WORDS |= {
    f"{word}": value
    for value, word in enumerate(
        ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"]
    )
}
_SCORE = r"(?:\d{1,2}(?:\.\d)?|" + "|".join(_WORDS) + ")"
_PAIN = r"(?:pain|dolor|score|level|nivel|scale|escala|hurts?|hurting|ache|duele|soreness|numero|number|rate|rating|calificacion|dor)"
_NOT_SCORE = (
    r"(?! ?(?:days?|dias?|hours?|horas?|hrs?|mins?|minutes?|minutos|weeks?|semanas?|am|pm|oclock|times|veces|years?|anos?|"
    r"months?|meses|lbs?|pounds|libras|kilos|inches|pulgadas|cm|mg|pills?|pastillas|tablets?|of my|of the|of them|kids|hijos|"
    r"people|fingers|dedos|shots|inyecciones|steps|miles|blankets|towels|spots|places|sides?|th|nd|rd|st|percent|%|deg|degrees|"
    r"grados|more|mas|cups|sec|seconds|different|questions|preguntas|things|cosas|de la|a\.m|tylenol|advil|ibuprofen|advils|o'clock|"
    r"legs|arms|hands|feet|knees|nights|noches|mornings|flights|stories|and a half hours|year|night|day|in the morning|de abril|de mayo))"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One number understood: the words `[first, last]`, what it is and how high."""

    rule: str
    acuity: Acuity
    first: int
    last: int
    value: float


_TEMPERATURE = [
    re.compile(
        rf"\b{_TEMP}{_GAP}(?:of |at |is |was )?{_N}(?! ?(?:days?|hours?|hrs?|times|years?|dias|horas|mins?|minutes|am|pm|weeks?|of 10|out of))"
    ),
    re.compile(
        rf"(?:^|(?<= )){_N} ?(?:deg )?(?:f|c|fahrenheit|celsius|centigrade|centigrados|farenheit|degrees?|grados?|deg|temp|temperature|fever|de (?:fiebre|calentura|temperatura))\b"
    ),
    re.compile(
        r"(?:^|(?<= ))(?P<n>(?:10[0-6]|9[89])\.\d|10[0-5])(?= (?:this|last|now|at|when|fever|since|tonight|yesterday|and|,|\.|with|after|before|in|on|right|all|for|again|esta|anoche|desde|ahora|con)|$)(?! (?:times|lbs|pounds|dollars|miles|years))"
    ),
    re.compile(r"(?:^|(?<= ))(?P<n>(?:3[89]|4[01])\.\d)(?= |$)"),
]
_OXYGEN = [
    re.compile(
        r"\b(?:o ?2|oxygen|oxigeno|oxy|sats?|saturation|saturacion|saturando|spo ?2|sp02|ocsigeno|pulse ?ox\w*|oximeter|oximetro|oxigenacion|ox|finger (?:thing|thingy|clip|reader|gadget))\b(?: [^ ?]+){0,9}? (?P<n>[5-9]\d|100)(?! ?(?:bpm|beats|mg))"
    ),
    re.compile(
        r"(?:^|(?<= ))(?P<n>[5-9]\d|100) ?%? ?(?:percent |por ciento )?(?:on |de |en |for |is |o ?2|oxygen|oxigeno|sat\b|sats\b|spo2|saturation|saturacion)(?:my |the |el )?(?:o2|oxygen|oxigeno|sat|sats|spo2|pulse ?ox|oximeter|oximetro|saturation|saturacion|room air|finger)?"
    ),
]
_PULSE = [
    re.compile(
        r"\b(?:heart|hart|pulse|heartbeat|hr|bpm|pulso|latidos|corazon|rate|fitbit|watch|garmin|palpitaciones|ticker)\b(?: [^ ?]+){0,9}? (?P<n>1\d\d|2[0-4]\d|[4-9]\d)(?! ?(?:over|/|mg|years|miles|%|percent|sobre|lbs|degrees))"
    ),
    re.compile(
        r"(?:^|(?<= ))(?P<n>1\d\d|2[0-4]\d|[4-9]\d) ?(?:bpm|beats|latidos|pulsaciones|lpm|a minute|heart|pulse|por minuto)"
    ),
]
_SUGAR = [
    re.compile(
        r"\b(?:sugars?|glucose|glucosa|azucar|bg|bs|dexcom|libre|meter|glucometer|glucometro|finger ?stick|cgm|blood sugar)\b(?: [^ ?]+){0,9}? (?P<n>\d{2,3}(?:\.\d)?)(?! ?(?:days?|hours?|%|times|minutes|dias|horas|units|unidades|over))"
    ),
    re.compile(
        r"(?:^|(?<= ))(?P<n>\d{2,3}(?:\.\d)?) ?(?:mg/dl|mgdl|mmol|sugar|de azucar|de glucosa|on my meter|on the meter|fasting)"
    ),
]
_PRESSURE = re.compile(r"(?:^|(?<= ))(?P<n>[12]\d\d) ?(?:/|over|sobre|con) ?(?P<low>\d{2,3})(?= |$)")
_RATED = [
    re.compile(
        rf"(?:^|(?<= ))(?P<n>{_SCORE}) ?(?:/|out of|outta|outa|of|on|de|sobre|over) ?(?:a |un )?(?:10|ten|diez|possible 10)(?= |$|/)"
    ),
    re.compile(r"(?:^|(?<= ))(?P<n>\d{1,2})/1(?:0| o)(?= |$)"),
    re.compile(
        rf"\b{_PAIN}(?: (?:is|was|level|score|its|at|about|around|like|a|an|the|now|today|right|still|maybe|up|to|es|de|como|un|en|esta|ahora|hoy|estoy|of|been|on|hit|hitting|this|morning|went|gone|jumped|,|still|probably|solid|good|my|i|would|say|id|number|between|nearly|almost|over|mi|es un|anda|por|el|rate|it|arm|scale|has)){{0,6}} (?P<n>{_SCORE})(?= |$){_NOT_SCORE}"
    ),
    re.compile(
        rf"(?:^|(?<= ))(?:(?:im|i am|its|it is|is|about|around|maybe|like|say|now|a|an|still|solid|es|un|como|estoy|esta|en|ando|hoy|ahora|ahorita|to|up to|hit|hitting|call it|give it|rate it|rated|easily|easy|somewhere|pushing|probably|honestly|todavia|sigo|sigue) )+(?:a |an |un |at |en |about |like |at a |solid |strong |good |hard |weak |easy )*(?P<n>{_SCORE})(?= (?:now|today|right|when|at|on the|if|,|\.|and|but|this|for|or|pain|de dolor|hoy|ahora|ahorita|y|pero|or so|maybe|i|im|it|tonight|with|all|cuando|si|este|aun|doc|honestly|constant|easy|easily|haha|please|worst)|$){_NOT_SCORE}"
    ),
]
_BARE = re.compile(
    rf"^(?P<n>{_SCORE})(?: ?(?:/10|\.|\?|,|stop|plus|and|pain|dolor|today|now|hoy|maybe|or so|ish|i guess|thanks|gracias))*$"
)
_RANGE = re.compile(
    rf"(?:^|(?<= ))(?P<low>{_SCORE}) (?:to|or|o|a|and) (?:a |an |un )?(?P<n>{_SCORE}) ?(?:/10|out of 10|de 10|/ 10|on|pain|now)"
)
_TRENDS = [
    re.compile(
        rf"\b(?:from|de|del|desde) (?:a |an |un |the |about |like |around )?(?P<a>{_SCORE})(?: [^ ?]+){{0,7}}? (?:to|a|hasta|al|now|up to) (?:a |an |un |about |like |around |the )?(?P<b>{_SCORE})(?= |$){_NOT_SCORE}"
    ),
    re.compile(
        rf"\b(?:was|were|used to be|started|had|yesterday|last night|monday|tuesday|wednesday|thursday|friday|saturday|sunday|first|before|era|estaba|ayer|antes|anoche|tenia)(?: (?:a|an|at|at a|it was|i was|was|my|pain|un|en|el|dolor|era|estaba|about|like|around|maybe|de|the|it|como|en un|was a|hurt|,|i said|said|told you)){{0,5}} (?P<a>{_SCORE})(?= |$){_NOT_SCORE}(?: [^ ?]+){{0,8}}? (?:now|today|tonight|currently|this morning|hoy|ahora|ahorita|ya|at|is|its|more like|and|up|esta|estoy|then|amanecio)(?: (?:a|an|at|its|it is|im|about|like|more|un|en|esta|estoy|es|a solid|around|up|to|at a|is|maybe|in|como|,|todavia|still|pain|hit|been|solid|easy|the)){{0,4}} (?P<b>{_SCORE})(?= |$){_NOT_SCORE}"
    ),
    re.compile(
        rf"(?:^|(?<= ))(?P<a>{_SCORE})(?:/10)? (?:yesterday|last night|this morning|before|monday|tuesday|wednesday|thursday|friday|ayer|anoche|antes|earlier|at first|when i left|en la manana|esta manana|day one|at lunch|at breakfast|in the morning)(?: [^ ?]+){{0,5}}? (?P<b>{_SCORE})(?:/10)?(?: (?:now|today|tonight|hoy|ahora|ahorita|this|by|at|esta|en)|$)"
    ),
    re.compile(
        rf"(?:^|(?<= ))(?P<b>{_SCORE})(?:/10)? (?:now|today|hoy|ahora|tonight|this morning|ahorita)(?: [^ ?]+){{0,4}}? (?:was|were|up from|from|yesterday|ayer|era|estaba|down from|versus|vs|antes)(?: (?:a|an|it was|was|un|in|en|only|just|at|solo|era)){{0,3}} (?P<a>{_SCORE})(?= |$){_NOT_SCORE}"
    ),
    re.compile(
        rf"^(?:it |pain |went |gone |dolor |now |up )*(?P<a>{_SCORE}) (?:to|then|and now|now|-|more|became|turned into|a|luego|y ahora|ahora|less) (?:a |an |un )?(?P<b>{_SCORE})(?= |$){_NOT_SCORE}"
    ),
    re.compile(
        rf"\b(?:was|left|walked out|sali|entre|fui)(?: [^ ?\d]+){{0,3}} (?P<a>{_SCORE})(?= |$){_NOT_SCORE}(?: [^ ?\d]+){{0,6}}? (?:hangin\w*|sittin\w*|sits|hoverin\w*|runnin\w*|woke|ando|voy|amaneci\w*|desperte|now|ahorita|ahora)(?: [^ ?\d]+){{0,4}} (?P<b>{_SCORE})(?= |$){_NOT_SCORE}"
    ),
    re.compile(
        rf"(?:^|(?<= ))(?P<a>{_SCORE})(?: [^ ?\d]+){{1,4}} {_SCORE}(?: [^ ?\d]+){{0,3}} (?:now|woke|ahora|ahorita|hoy|today|tonight)(?: (?:up|a|an|at|its|im|en|un|es|like|about)){{0,3}} (?P<b>{_SCORE})(?= |$){_NOT_SCORE}"
    ),
]


def value_of(word: str) -> float:
    """The number that a digit or a number word stands for."""
    return float(_WORDS[word]) if word in _WORDS else float(word)


def readings(plain: Plain, asked_position: bool) -> list[Reading]:
    """Every number of a reply that means something; `asked_position` when a bare 1-3 may answer by position."""
    found: list[Reading] = []
    text = plain.text
    taken: list[tuple[int, int]] = []

    def add(rule: str, acuity: Acuity, begin: int, end: int, value: float) -> None:
        taken.append((begin, end))
        found.append(Reading(rule, acuity, plain.token_at(begin), plain.token_at(end - 1), value))

    for pattern in _OXYGEN:
        for match in pattern.finditer(text):
            value = float(match["n"])
            add("oxygen-low" if value < 92 else "oxygen-normal",
                Acuity.EMERGENCY if value < 92 else Acuity.NONE, *match.span(), value)  # fmt: skip
    for pattern in _SUGAR:
        for match in pattern.finditer(text):
            value = float(match["n"])
            milligrams = value * 18 if (value < 40 and "." in match["n"]) or "mmol" in text else value
            acuity = Acuity.URGENT if milligrams >= 250 or milligrams < 60 else (
                Acuity.ROUTINE if milligrams >= 180 else Acuity.NONE)  # fmt: skip
            add("sugar", acuity, *match.span(), value)
    for pattern in _PULSE:
        for match in pattern.finditer(text):
            value = float(match["n"])
            if not _overlaps(match.span("n"), taken):
                add("pulse", Acuity.URGENT if value >= 110 or value < 45 else Acuity.NONE, *match.span(), value)
    for match in _PRESSURE.finditer(text):
        high, low = float(match["n"]), float(match["low"])
        if high > low:
            add("blood-pressure", Acuity.URGENT if high >= 180 or low >= 110 else Acuity.ROUTINE, *match.span(), high)
    for pattern in _TEMPERATURE:
        for match in pattern.finditer(text):
            value = float(match["n"])
            if _overlaps(match.span("n"), taken):
                continue
            if 38 <= value <= 43 or 100.4 <= value <= 109:
                add("temperature-high", Acuity.URGENT, *match.span(), value)
            elif 35 <= value < 38 or 95 <= value < 100.4:
                add("temperature-normal", Acuity.NONE, *match.span(), value)
    _scores(text, taken, asked_position, add)
    return found


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(begin <= span[0] < end or begin < span[1] <= end for begin, end in taken)


def _scores(
    text: str, taken: list[tuple[int, int]], asked_position: bool, add: Callable[[str, Acuity, int, int, float], None]
) -> None:
    trended = False
    for pattern in _TRENDS:
        for match in pattern.finditer(text):
            if _overlaps(match.span("a"), taken) or _overlaps(match.span("b"), taken):
                continue
            before, after = value_of(match["a"]), value_of(match["b"])
            if before > 10 or after > 11:
                continue
            trended = True
            if after - before >= 2:
                add("pain-rise", Acuity.URGENT, *match.span(), after)
            elif after - before >= 1:
                add("pain-rise", Acuity.ROUTINE, *match.span(), after)
            else:
                level = Acuity.URGENT if after >= 8 else Acuity.ROUTINE if after >= 4 else Acuity.NONE
                add("pain-fall" if after < before else "pain-score", level, *match.span(), after)
    bare = _BARE.match(text)
    if bare and not trended:
        value = value_of(bare["n"])
        if value <= 10:
            small = 1 <= value <= 3 and asked_position
            add("bare-number", Acuity.ROUTINE if small else _score_level(value), *bare.span(), value)
        return
    for match in _RANGE.finditer(text):
        value = value_of(match["n"])
        if value <= 10 and not _overlaps(match.span("n"), taken):
            add("pain-score", _score_level(value), *match.span(), value)
    for pattern in _RATED:
        for match in pattern.finditer(text):
            value = value_of(match["n"])
            if value <= 20 and not _overlaps(match.span("n"), taken) and (value <= 10 or "10" in match.group()[2:]):
                add("pain-score", _score_level(value), *match.span(), value)


def _score_level(value: float) -> Acuity:
    return Acuity.URGENT if value >= 8 else Acuity.ROUTINE if value > 3 else Acuity.NONE
