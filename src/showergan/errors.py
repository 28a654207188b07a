"""The error a user can act on, and the end that is none."""

from showergan.io.urls import without_secrets


class UserError(Exception):
    """Bad input: the message says what is wrong, where, and what to do.

    The command line prints it without a traceback and exits with status 1. What is secret of a URL is hidden.
    """

    def __init__(self, message: str):
        super().__init__(without_secrets(message))


class Paused(Exception):
    """Work that stopped because its time is over: the same call goes on with it.

    The command line prints the message and exits with status 75, which asks to be tried again.
    """
