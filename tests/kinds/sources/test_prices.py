"""Price series: the layouts read, the refusals, and a real series."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from leadline.errors import KindError
from leadline.kinds.sources import prices


def _write(tmp_path: Path, text: str, name: str = "prices.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.csv", "# training data\n# currency: usd\ndate,close\n2016-01-01,430.125\n2016-01-02,\n"),
        ("p.csv", "day,currency,close\n2016-01-01,USD,430.125\n"),
        ("p.csv", "\ufeffDay,Close_USD\n1451606400,430.125\n"),
        ("BTC-USD_daily.csv", "Date,Open,High,Low,Close,Adj Close,Volume\n2016-01-01,1,2,3,430.125,4,5\n"),
        ("p.csv", "time,closeusd\n2016-01-01T23:59:59-00:30,9\n2016-01-01,430.125\n"),
    ],
)
def test_layouts(tmp_path: Path, name: str, text: str) -> None:
    path = _write(tmp_path, text, name)
    assert prices.sniff(path)
    table = prices.read(path)
    row = table.slice(0, 1).to_pylist()[0]
    assert (row["day"], row["currency"], row["close"], row["field"]) == (
        date(2016, 1, 1), "USD", Decimal("430.12"), "close",
    )  # fmt: skip
    line = path.read_text("utf-8-sig").splitlines()[row["line"] - 1]
    assert "430.125" in line


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("# currency: USD\ndate,close\n2016-01-01,abc\n", "line:3"),
        ("# currency: USD\ndate,close\n2016-01-01,-1\n", "line:3"),
        ("# currency: USD\ndate,close\n2016-13-01,1\n", "line:3"),
        ("# currency: USD\ndate,close\n2016-01-01,1\n2016-01-01,2\n", "line:4"),
        ("# currency: USD\ndate,close\n2016-01-01,1,2\n", "line:3"),
        ("date,close\n2016-01-01,1\n", ""),
        ("a,b\n1,2\n", ""),
    ],
)
def test_a_bad_series_is_refused_with_its_line(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(KindError) as caught:
        prices.read(_write(tmp_path, text))
    assert caught.value.where == where


def test_sniff_refuses_other_tables(tmp_path: Path) -> None:
    assert not prices.sniff(_write(tmp_path, "sha256,size\n00,1\n"))
    assert not prices.sniff(_write(tmp_path, ""))


def test_a_real_series(data_dir: Path) -> None:
    table = prices.read(data_dir / "chain" / "prices" / "BTC-USD_daily_2012-02-24_2024-10-27.csv")
    assert table.num_rows == 4630
    assert table.column("currency").unique().to_pylist() == ["USD"]


def test_a_cell_too_long_to_be_a_price_is_refused_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("# currency: USD\ndate,close\n2016-01-01," + "1" * 1_000_000 + "\n")
    with pytest.raises(KindError) as raised:
        prices.read(path)
    assert raised.value.where == "line:3"


@pytest.mark.parametrize("word", ["null", "NaN", "", " ", "-", "N/A", "\\N"])
def test_a_day_whose_price_is_a_word_for_nothing_is_unknown(word: str, tmp_path: Path) -> None:
    path = tmp_path / "BTC-USD.csv"
    path.write_text(
        "Date,Open,High,Low,Close,Adj Close,Volume\n2017-11-01,1,1,1,6767.31,6767.31,1\n2017-11-02" + f",{word}" * 6
    )
    rows = prices.read(path).to_pylist()
    assert [(str(r["day"]), str(r["close"]), r["currency"]) for r in rows] == [("2017-11-01", "6767.31", "USD")]


@pytest.mark.parametrize(
    ("name", "text", "days"),
    [
        ("BTCUSD_d.csv", "https://www.example.org\nunix,date,close\n0,2018-03-05 00:00:00,11500.5\n", ["2018-03-05"]),
        ("BTC_USD.csv", '"Date","Price"\n"Mar 05, 2018","11,500.5"\n"Dec 31, 2017","0"\n', ["2018-03-05"]),
        ("btc-usd.csv", "time,close\n1520208000000,11500.5\n1520294400000,0\n", ["2018-03-05"]),
    ],
)
def test_series_as_publishers_write_them(tmp_path: Path, name: str, text: str, days: list[str]) -> None:
    path = _write(tmp_path, text, name)
    assert prices.sniff(path)
    rows = prices.read(path).to_pylist()
    assert [(row["day"].isoformat(), row["close"]) for row in rows] == [(day, Decimal("11500.50")) for day in days]


def test_a_day_in_figures_of_which_none_is_a_month_for_sure_is_refused(tmp_path: Path) -> None:
    for day in ("03/05/2018", "05.03.2018", "Foo 05, 2018"):
        with pytest.raises(KindError, match="not an ISO day"):
            prices.read(_write(tmp_path, f'# currency: USD\ndate,close\n"{day}",1\n'))
    with pytest.raises(KindError, match="not a price"):
        prices.read(_write(tmp_path, '# currency: USD\ndate,close\n2018-03-05,"1,50"\n'))
