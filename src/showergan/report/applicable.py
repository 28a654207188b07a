"""When there is something to show: conditions on a configuration that several figures and tables share."""

from collections.abc import Callable

from showergan.config.whole import Config

FEWEST_EPOCHS = 3  # with fewer there is no order to correlate


def always(config: Config) -> bool:
    """Any run has it."""
    return True


def with_baseline(config: Config) -> bool:
    """The baseline is there, and a method to compare with it."""
    return config.compare.baseline in config.methods and len(config.methods) > 1


def with_several_rates(config: Config) -> bool:
    """Some method was trained at several pairs of learning rates."""
    return any(len(config.learning_rates(method)) > 1 for method in config.methods)


def with_several_losses(config: Config) -> bool:
    """Losses are compared, as in the study of Wasserstein GANs."""
    return len({method.loss.kind for method in config.methods.values()}) > 1


def with_losses_over_epochs(config: Config) -> bool:
    """Losses are compared, and samples were judged often enough to see a course."""
    return with_several_losses(config) and len(config.training.evaluated_epochs) >= FEWEST_EPOCHS


def with_several_architectures(config: Config) -> bool:
    """Methods are compared on several architectures."""
    return len(config.compared) > 1


def with_random_architectures(config: Config) -> bool:
    """Architectures were drawn at random."""
    return config.random_architectures is not None


def with_constraint(kind: str) -> Callable[[Config], bool]:
    """Return whether some method has a constraint of this kind."""
    return lambda config: any(
        constraint.kind == kind
        for method in config.methods.values()
        for constraint in method.constraints
    )
