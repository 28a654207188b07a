"""Fixtures of many tests; a file with other labels has its own `style`."""

import sys
import warnings
from functools import partial

import pytest
from three_methods import LABELS

from showergan.config.figures import Figures
from showergan.metrics.two_sample import two_sample
from showergan.report.style import Style


@pytest.fixture
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Python tells of a file that is left open when it collects it, which may be during any later test.
        warnings.simplefilter("ignore", ResourceWarning)
        yield


@pytest.fixture
def style():
    return Style(figures=Figures(dpi=50), labels=LABELS)


@pytest.fixture(scope="module")
def one_training():
    """One training of each classifier: three, of every draw of a ceiling, take most of a test's time."""
    with pytest.MonkeyPatch.context() as patch:
        home = sys.modules[two_sample.__module__]
        patch.setattr(home, "two_sample", partial(two_sample, trainings=1))
        yield
