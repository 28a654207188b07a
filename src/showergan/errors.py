"""The error a user can act on."""


class UserError(Exception):
    """Bad input: the message says what is wrong, where, and what to do.

    The command line prints it without a traceback and exits with status 1.
    """
