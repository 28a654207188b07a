"""How differently samples of lines use sequences of n characters."""

from collections.abc import Iterator

from showergan.metrics.metric import Metric, Part, Row, Stage
from showergan.metrics.pair import Pair
from showergan.tasks.text.ngrams import NGRAMS, divergence

NAME = "ngram_divergence"


def _rows(pair: Pair) -> Iterator[Row]:
    for name in NGRAMS:
        real, other = pair.real.spaces[name], pair.other.spaces[name]
        yield NAME, name, "all", divergence(real, other, seed=pair.seed)


NGRAM_DIVERGENCE = Metric(
    name=NAME,
    definition="Jensen-Shannon divergence of the distributions of n-grams within lines: Gulrajani et al. 2017",
    rows=_rows,
    spaces=tuple(NGRAMS),
    direction="lower",
    best=0,
    worst=1,
    unit="bit",
    stage=Stage.EVERY_EPOCH,
    part=Part.DISTRIBUTIONS,
    place=1,
    shown={name: {"all": f"JS of {name} [bit]"} for name in NGRAMS},
)
