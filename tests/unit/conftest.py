"""What tests of comparisons and their figures share; a file with a look of its own has its own `style`."""

import json
import warnings

import pytest
from three_methods import LABELS

from showergan.rendering.style import Style


@pytest.fixture
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture
def style():
    return Style.from_json(json.dumps({"figures": {"dpi": 50}, "labels": LABELS}))
