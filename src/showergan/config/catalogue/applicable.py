"""Conditions on a configuration under which figures and tables have something to show."""

from collections.abc import Callable

from showergan.config.whole import Config

FEWEST_EPOCHS = 3  # with fewer there is no order to correlate
FEWEST_METHODS = 3  # whose order says anything


def baseline(config: Config) -> bool:
    """Return whether the baseline is there, and a method to compare with it."""
    return config.compare.baseline in config.methods and len(config.methods) > 1


def methods_to_order(config: Config) -> bool:
    """Return whether there are three methods or more."""
    return len(config.methods) >= FEWEST_METHODS


def ranks(config: Config) -> bool:
    """Return whether seeds and methods are enough for a critical difference shorter than the axis of ranks."""
    return methods_to_order(config) and len(config.training.seeds.test) >= 3


def several_rates(config: Config) -> bool:
    """Return whether some method was trained at several pairs of learning rates."""
    return any(len(config.learning_rates(method)) > 1 for method in config.methods)


def grid_of_rates(config: Config) -> bool:
    """Return whether some method has several rates of both networks: else the figure of robustness shows more."""
    searches = [config.learning_rates(method) for method in config.methods]
    networks = ("generator", "discriminator")
    return any(all(len({getattr(p, n) for p in pairs}) > 1 for n in networks) for pairs in searches)


def several_epochs(config: Config) -> bool:
    """Return whether samples were judged at several epochs."""
    return len(config.training.evaluated_epochs) > 1


def several_losses(config: Config) -> bool:
    """Return whether losses are compared, as in the study of Wasserstein GANs."""
    return len({method.loss.kind for method in config.methods.values()}) > 1


def losses_over_epochs(config: Config) -> bool:
    """Return whether losses are compared, and samples were judged often enough to see a course."""
    return several_losses(config) and len(config.training.evaluated_epochs) >= FEWEST_EPOCHS


def several_architectures(config: Config) -> bool:
    """Return whether methods are compared on several architectures."""
    return len(config.compared) > 1


def random_architectures(config: Config) -> bool:
    """Return whether architectures were drawn at random."""
    return config.random_architectures is not None


def architecture(name: str) -> Callable[[Config], bool]:
    """Return the condition that methods are compared on the architecture of this name."""
    return lambda config: name in config.compared


def constraint(kind: str) -> Callable[[Config], bool]:
    """Return the condition that some method has a constraint of this kind."""
    return lambda config: any(
        c.kind == kind for m in config.methods.values() for c in m.constraints
    )


def sn_or_abcas_over_epochs(config: Config) -> bool:
    """Return whether SN or ABCAS is there, and samples were judged at enough epochs for a running mean over three."""
    judged = len(config.training.evaluated_epochs)
    return judged >= FEWEST_EPOCHS and not config.methods.keys().isdisjoint(("sn", "abcas"))


def claims(config: Config) -> bool:
    """Return whether there are claims to test."""
    return bool(config.compare.claims)


def claims_and_architectures(config: Config) -> bool:
    """Return whether claims are tested on several architectures."""
    return claims(config) and several_architectures(config)
