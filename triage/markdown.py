"""What staff write, made ready: Markdown to safe HTML and to plain words, and how hard the words read.

Pure functions. A small Markdown: paragraphs, `*emphasis*`, `**strong**`, lists, links (web, mail and
within the site). Anything else stays the characters it is; no HTML gets through.
"""

import re
from functools import cache, lru_cache
from itertools import pairwise

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from pyphen import Pyphen

from triage.engine import limits
from triage.engine.parts import FACT_MARK

SHORTEST_GRADED = 30
"""A reading grade says nothing about fewer words than this."""

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Control characters and marks that turn the direction of writing: they hide what a text says."""
_OPENS = re.compile(r"https?://|mailto:|[/#]")
_SENTENCE_END = re.compile(r"""(?<=[.!?…])["'’”)]*\s+(?=[^a-z\s])|\n+""")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_TAGS = {"p", "strong", "em", "ul", "ol", "li", "a", "sup"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "sup": {"class", "id"}}


def render(markdown: str) -> SafeString:
    """Safe HTML. The mark `[F09]` becomes `<sup class="fact" id="F09">9</sup>`."""
    html = _parser().render(_readable(markdown))
    return mark_safe(  # noqa: S308 - cleaned on this very line
        nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"})
    )


def plain(markdown: str) -> str:
    """The words alone, one line for each paragraph or list item; no fact marks."""
    return _tidied(FACT_MARK.sub("", _words(markdown)))


def reading_grade(text: str) -> float | None:
    """Flesch-Kincaid grade (years of school in the US), None under 30 words.

    Syllables are counted by hyphenation, so a single word may be one out; whole texts come close.
    """
    if not _has_words(text, SHORTEST_GRADED):
        return None
    sentences = [words for sentence in _sentences(plain(text)) if (words := _WORD.findall(sentence))]
    count = sum(map(len, sentences))
    if count < SHORTEST_GRADED:
        return None
    syllables = sum(_syllables(word) for words in sentences for word in words)
    return round(0.39 * count / len(sentences) + 11.8 * syllables / count - 15.59, 1)


def long_sentences(text: str, limit: int = 20) -> list[str]:
    """The sentences of more than `limit` words."""
    if not _has_words(text, limit + 1):
        return []
    return [s for s in _sentences(plain(text)) if len(_WORD.findall(s)) > limit]


def dead_links(markdown: str) -> list[str]:
    """The addresses that no browser would open: of no known kind, or of the web without its "https://"."""
    if "[" not in markdown:
        return []
    tokens = [t for block in _parser().parse(_readable(markdown)) for t in block.children or ()]
    addresses = [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]
    return [address for address in addresses if not _OPENS.match(address)]


def sentence_of(text: str, fact: str) -> str:
    """The sentence that the mark of `fact` stands at, in plain words; empty when it is not marked."""
    before, mark, after = _words(text).partition(f"[{fact}]")
    if not mark:
        return ""
    told = _sentences(_tidied(FACT_MARK.sub("", before)))[-1:]
    if told and not re.search(r"""[.!?…]["'’”)]*$""", told[0]):
        told += _sentences(FACT_MARK.sub("", after.split("\n")[0]))[:1]
    return _tidied(" ".join(told))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False}).enable(["emphasis", "link", "list"])
    parser.inline.ruler.before("link", "fact", _fact_mark)
    parser.add_render_rule("fact", lambda self, tokens, i, options, env: _sup(tokens[i].content))
    return parser


def _fact_mark(state: StateInline, silent: bool) -> bool:
    found = FACT_MARK.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("fact", "sup", 0).content = found[1]
    state.pos = found.end()
    return True


def _sup(fact: str) -> str:
    return f'<sup class="fact" id="{fact}">{int(fact[1:])}</sup>'


def _readable(text: str) -> str:
    """No guide holds a longer text, but a form that is shown again does."""
    return UNSEEN.sub("", text[: limits.TEXT].replace("\r\n", "\n"))


def _has_words(markdown: str, count: int) -> bool:
    """Whether it may have so many; marks count, too. Most texts are shorter, and need no parser."""
    return len(_WORD.findall(markdown[: limits.TEXT])) >= count


def _words(markdown: str) -> str:
    """Plain words with their fact marks, a line for each block."""
    blocks = [block for block in _parser().parse(_readable(markdown)) if block.type == "inline"]
    return "\n".join(
        "".join(f"[{t.content}]" if t.type == "fact" else t.content for t in block.children or ()).replace(
            "\n", " "
        )
        for block in blocks
    )


def _tidied(text: str) -> str:
    text = re.sub(r"[ \t]+", " ", text)
    return re.sub(r" (?=[.,;:!?]|\n|$)", "", text).strip()


def _sentences(text: str) -> list[str]:
    ends = [0, *(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]
    return [s for start, end in pairwise(ends) if (s := text[start:end].strip())]


@cache
def _hyphens() -> Pyphen:
    return Pyphen(lang="en_GB")


@lru_cache(maxsize=10_000)
def _syllables(word: str) -> int:
    return len(_hyphens().positions(word.lower())) + 1
