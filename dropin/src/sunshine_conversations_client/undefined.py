"""What 9 and 12 gave an argument that was not given, where None would have gone out as null."""


class Undefined:
    """Says nothing: a field that is set to it is absent."""


__all__ = ["Undefined"]
