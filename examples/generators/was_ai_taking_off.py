"""Make the tables of ``examples/was-ai-taking-off`` from public files and figures that were looked up.

    python examples/generators/was_ai_taking_off.py FOLDER

FOLDER holds the raw files, which majung does not carry: ``epoch_ai_companies_revenue_reports.csv``,
``epoch_gpu_clusters.csv``, ``iea_global_ev_data_2024.csv`` and ``owid_us_technology_adoption.csv``, in it or one folder
below. Their addresses and licences are in the example's ``sources.csv``. Figures that no file gives (Nvidia's quarters,
the Korean survey) stand with their source and status in ``ai_take_off/*.csv``. Nothing is drawn at random: the same
files give the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from ai_take_off import quoted, raw  # noqa: E402
from ai_take_off.rows import write  # noqa: E402

EXAMPLE = HERE.parent / "was-ai-taking-off"
KOREAN = {
    "nvidia-data-centre": "엔비디아 데이터센터 매출",
    "openai-revenue": "OpenAI 매출",
    "anthropic-revenue": "Anthropic 매출",
    "ai-computing-power": "설치된 AI 연산 능력",
    "kr-firms-ai": "AI를 쓰는 한국 기업(예·아니요 문항)",
    "kr-firms-ai-kinds": "AI를 쓰는 한국 기업(종류 선택 문항)",
    "ev-china": "신차 중 전기차 비중, 중국",
    "ev-europe": "신차 중 전기차 비중, 유럽",
    "ev-korea": "신차 중 전기차 비중, 한국",
    "ev-usa": "신차 중 전기차 비중, 미국",
}


def generate(raw_folder: Path, folder: Path) -> None:
    """Write ``series.csv`` and ``household.csv``.

    Parameters
    ----------
    raw_folder : Path
        Where the raw files are.
    folder : Path
        Where the tables go; it must exist.
    """
    ai = [*quoted.nvidia(), *raw.companies(raw_folder), *raw.clusters(raw_folder), *quoted.korean_firms()]
    write(folder / "series.csv", [*ai, *raw.cars(raw_folder)], KOREAN)
    write(folder / "household.csv", raw.households(raw_folder))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    generate(Path(sys.argv[1]), EXAMPLE)
