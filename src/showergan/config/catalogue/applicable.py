"""Conditions on a configuration under which figures and tables have something to show."""

from collections.abc import Callable

from showergan.config.whole import Config

FEWEST_EPOCHS = 3  # with fewer there is no order to correlate
FEWEST_METHODS = 3  # whose order says anything


def baseline(config: Config) -> bool:
    """The baseline is there, and a method to compare with it."""
    return config.compare.baseline in config.methods and len(config.methods) > 1


def methods_to_order(config: Config) -> bool:
    """There are three methods or more."""
    return len(config.methods) >= FEWEST_METHODS


def ranks(config: Config) -> bool:
    """Of fewer seeds or methods the critical difference is as long as the axis of ranks, whatever the ranks."""
    return methods_to_order(config) and len(config.training.seeds) >= 3


def several_rates(config: Config) -> bool:
    """Some method was trained at several pairs of learning rates."""
    return any(len(config.learning_rates(method)) > 1 for method in config.methods)


def grid_of_rates(config: Config) -> bool:
    """With one rate of either network the figure of robustness shows the same, and more."""
    searches = [config.learning_rates(method) for method in config.methods]
    return any(
        len({pair.generator for pair in pairs}) > 1
        and len({pair.discriminator for pair in pairs}) > 1
        for pairs in searches
    )


def several_epochs(config: Config) -> bool:
    """Samples were judged at several epochs."""
    return len(config.training.evaluated_epochs) > 1


def several_losses(config: Config) -> bool:
    """Losses are compared, as in the study of Wasserstein GANs."""
    return len({method.loss.kind for method in config.methods.values()}) > 1


def losses_over_epochs(config: Config) -> bool:
    """Losses are compared, and samples were judged often enough to see a course."""
    return several_losses(config) and len(config.training.evaluated_epochs) >= FEWEST_EPOCHS


def several_architectures(config: Config) -> bool:
    """Methods are compared on several architectures."""
    return len(config.compared) > 1


def random_architectures(config: Config) -> bool:
    """Architectures were drawn at random."""
    return config.random_architectures is not None


def architecture(name: str) -> Callable[[Config], bool]:
    """Return whether methods are compared on the architecture of this name."""
    return lambda config: name in config.compared


def constraint(kind: str) -> Callable[[Config], bool]:
    """Return whether some method has a constraint of this kind."""
    return lambda config: any(
        constraint.kind == kind
        for method in config.methods.values()
        for constraint in method.constraints
    )


def sn_or_abcas_over_epochs(config: Config) -> bool:
    """SN or ABCAS is there, and samples were judged often enough for a running mean over three epochs."""
    judged = len(config.training.evaluated_epochs)
    return judged >= FEWEST_EPOCHS and not config.methods.keys().isdisjoint(("sn", "abcas"))
