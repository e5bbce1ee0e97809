"""Reads pages as people do: their words, and the lists below a heading."""

import re


def words(html: str) -> str:
    """The words alone, in one line."""
    text = re.sub(r"<(style|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    text = re.sub(r"</?(span|b|small|a|q|em|strong)\b[^>]*>", " ", text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).replace(" :", ":").strip()


def items(html: str, heading: str) -> list[str]:
    """The words of each item of the first list below a heading."""
    below = html.partition(heading)[2]
    first = re.search(r"<[ou]l\b.*?</[ou]l>", below, flags=re.DOTALL)
    return (
        [words(item) for item in re.findall(r"<li\b[^>]*>(.*?)</li>", first[0], flags=re.DOTALL)]
        if first
        else []
    )
