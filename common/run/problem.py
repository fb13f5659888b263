"""What went wrong, in words for the person at the terminal; the program ends with status 1."""


class Problem(Exception):
    """Its text is printed after `usersync:`; no traceback follows."""
