"""What the section `data` of every task has in common."""

from showergan.config.section import Section


class Data(Section):
    """Where samples come from, and how they are split; a task adds its keys."""

    source: str

    @property
    def n_train(self) -> int | None:
        """Number of training samples, where it is known before there are any."""
        return None

    @property
    def files(self) -> tuple[str, ...]:
        """The files and folders of others that are read where they are."""
        return ()

    @property
    def representation(self) -> dict[str, str]:
        """How networks see samples, and what becomes of those that they make: keys of the task, for training alone."""
        return {}

    @property
    def published_name(self) -> str:
        """What published values call the data."""
        return self.source
