"""Numbers in XML attributes, which a hostile or broken file fills with anything."""


def whole(text: str | None, otherwise: int = 0) -> int:
    """The whole number that an attribute gives; something else, or none at all, counts as not given.

    Examples
    --------
    >>> whole("12"), whole("²", 1), whole(None), whole("9" * 5000)
    (12, 1, 0, 0)
    """
    number = (text or "").strip()
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else otherwise
