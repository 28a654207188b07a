"""The parts of scikit-learn that files which must be light use."""

from sklearn import ensemble, isotonic

__all__ = ["ensemble", "isotonic"]
