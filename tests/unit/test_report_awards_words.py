"""Words and scales of the report on awards that a reader could misread."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import altair as alt
from tests.unit.awards_data import allocation, awarded, interval

from majung.messages import LANGUAGES, catalogue, text
from majung.report.awards.charts import CHARTS
from majung.report.awards.entries import awards_listed
from majung.report.awards.quality import quality_of
from majung.report.awards.sentences import headline, support

NBSP = "\N{NO-BREAK SPACE}"
LEVEL = f"95{NBSP}%"


def test_a_few_far_values_do_not_press_the_others_flat() -> None:
    far = replace(awarded(30), value=interval(awarded(30).amount * 40.0, 500.0))
    near_zero = tuple(
        replace(awarded(place), value=interval(awarded(place).amount * 0.4, 9.0)) for place in (1, 2, 3, 5)
    )
    specification = CHARTS["scatter"](allocation(awards=8, nears=3), "en", 920, LEVEL)
    assert specification is not None
    assert "compressed" not in " ".join(specification["title"]["subtitle"])
    assert all("scale" not in layer["encoding"]["y"] for layer in specification["layer"])
    for lang in LANGUAGES:
        made = replace(allocation(nears=0), awards=(*near_zero, far))
        specification = CHARTS["scatter"](made, lang, 920, LEVEL)
        assert specification is not None
        y = specification["layer"][0]["encoding"]["y"]
        assert y["scale"]["type"] == "symlog"
        assert {0.0, 1.0, 5.0, 20.0} <= set(y["axis"]["values"])
        assert max(y["axis"]["values"]) <= 45.0
        assert text("report.awards.compressed", lang).split()[0] in " ".join(specification["title"]["subtitle"])
        alt.Chart.from_dict(specification, validate=True)


def test_what_takes_away_does_not_create() -> None:
    one = allocation(awards=4, cvar=-20_500.0, portfolio_value=interval(-300.0, 100.0))
    assert "take away KRW 300 million of private domestic sales" in headline(one, "en").replace(NBSP, " ")
    assert "more than" not in headline(one, "en")
    assert "국내 기업의 민간 매출을 3억 원 줄입니다" in headline(one, "ko").replace(NBSP, " ")
    for lang, words in (("en", "take away KRW 20.5 billion"), ("ko", "205억 원 줄입니다")):
        said = [*support(one, lang, LEVEL), *(said for _, said in quality_of(one, lang, LEVEL))]
        assert sum(words in sentence.replace(NBSP, " ") for sentence in said) == 2
        assert not any("−KRW 20" in sentence or "−205" in sentence for sentence in said)


def test_classes_regions_and_purposes_of_the_law_and_of_korea_have_names() -> None:
    one = awarded(1, size_class="small", region="gyeonggi", purpose="scale-up")
    own = awarded(2, size_class="medium", region="Bavaria", purpose="시제품")
    for lang, words in (("en", {"small firms", "Gyeonggi", "scale-up"}), ("ko", {"소기업", "경기", "규모 확대"})):
        made = replace(allocation(), awards=(one, own))
        entry, other = awards_listed(made, lang).entries
        assert words <= {value for _, value in entry.facts}
        assert {"Bavaria", "시제품"} <= {value for _, value in other.facts}
        written = json.dumps(CHARTS["money"](made, lang, 920, LEVEL), ensure_ascii=False)
        assert "Bavaria" in written
        assert not re.search(r'"(small|medium|gyeonggi)"', written)
    for size in ("micro", "small", "medium", "sme", "mid", "large"):
        assert f"report.class.{size}" in catalogue("ko")


def test_quarters_are_written_as_the_language_has_them() -> None:
    entry = awards_listed(allocation(awards=1), "ko").entries[0]
    assert entry.under.endswith("2024년 3분기")
    assert entry.drivers[0].figure == "2026년 3분기"
