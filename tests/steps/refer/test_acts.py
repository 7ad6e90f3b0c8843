"""custody.txt whole, as a person reads it."""

from tests.steps.refer.conftest import World, sha

from leadline.steps.refer.acts import Acts, custody_text
from leadline.steps.refer.build import software
from leadline.steps.refer.dossier import dossier
from leadline.steps.refer.referred_persons import accepted, persons


def test_custody_tells_the_log_each_exhibit_each_step_and_what_it_supersedes(world: World) -> None:
    source = world.source()
    people, _ = persons(source, accepted(source))
    made = dossier(source, "kr", [p for p in people if p.located[0][0] == "kr"], software())
    site, back, asked = (sha(n).hex() for n in ("site", "return", "enquiries"))
    acts = Acts(
        ("case.example/log", 12, "5a" * 32),
        {site: ("2018-03-06T08:00:00Z", "Clerk  1"), back: ("2018-06-02T08:00:00Z", "Clerk 2")},
        {"intake": (("leadline", "1.0"), ("pyarrow", "21")), "trace": (("numpy", "2"),)},
        {"kr": ("kr-00", "kr-11"), "us": ("us-22",)},
        digests={site: ("a" * 32, "b" * 40)},
    )
    exhibits = {
        site: f"{site}; unknown; 2018-03-05T10:00:00Z, unknown; 2018-03-06T08:00:00Z, Clerk 1",
        back: f"{back}; unknown; 2018-06-01T09:00:00Z, unknown; 2018-06-02T08:00:00Z, Clerk 2",
        asked: f"{asked}; unknown; unknown, unknown; unknown, unknown",
    }
    cited = [r["exhibit"].hex() for r in made.tables["exhibits"].to_pylist()]
    assert set(cited) <= set(exhibits) and site in cited and back in cited
    assert custody_text(made, acts).decode().splitlines() == [
        "Custody of this package. It tells of acts and so stands outside the payload; package.sig signs its digest.",
        "",
        "case: Operation Lantern Field",
        "log: case.example/log, 12 entries",
        "log root (RFC 6962, SHA-256): " + "5a" * 32,
        *made.case.custody,
        "",
        "Exhibits cited: SHA-256; item; acquired at, by; taken into the case at, by",
        *(exhibits[digest] for digest in cited),
        "",
        "Other digests of these exhibits, for receipts and labels that state them: SHA-256; MD5; SHA-1",
        *(f"{digest}; {'a' * 32}; {'b' * 40}" if digest == site else f"{digest}; unknown; unknown" for digest in cited),
        "",
        "Restrictions cleared for jurisdiction kr: which; at, by; reason",
        "none",
        "",
        "Software that ran each step",
        "intake: leadline 1.0, pyarrow 21",
        "trace: numpy 2",
        "",
        "For jurisdiction kr this package supersedes:",
        "kr-00",
        "kr-11",
    ]
    first = custody_text(made, Acts(("x", 1, "00" * 32), earlier={"us": ("us-22",)})).decode()
    assert first.endswith("\nFor jurisdiction kr this package supersedes:\nnone\n")
