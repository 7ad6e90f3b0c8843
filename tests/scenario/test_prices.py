"""The training price series: every day once, whole cents, equal bytes, read back by the price source."""

from datetime import date
from pathlib import Path

from leadline.kinds.sources import prices as source
from leadline.scenario import prices
from leadline.scenario.plan import END, START


def test_every_day_once_and_months_ends_as_in_the_table() -> None:
    days = prices.daily()
    assert [d.toordinal() for d, _ in days] == list(range(days[0][0].toordinal(), days[-1][0].toordinal() + 1))
    for text, dollars in prices.CLOSES:
        assert dict(days)[date.fromisoformat(text)] == 100 * dollars


def test_prices_over_the_case() -> None:
    assert prices.close_cents(START) == 23_000 + 3_300 // 30
    assert prices.satoshi(prices.close_cents(END), END) == 100_000_000


def test_the_file_is_read_back(tmp_path: Path) -> None:
    prices.write_prices(tmp_path / "prices.csv")
    first = (tmp_path / "prices.csv").read_bytes()
    prices.write_prices(tmp_path / "prices.csv")
    assert (tmp_path / "prices.csv").read_bytes() == first
    assert first.startswith(b"# Training data")
    assert source.sniff(tmp_path / "prices.csv")
    table = source.read(tmp_path / "prices.csv")
    assert table.num_rows == len(prices.daily())
    assert set(table.column("currency").to_pylist()) == {"USD"}
