"""One or two examples a command: printed below its help, written into docs/commands.md, and parsed by a test."""

from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "completion": ("leadline completion bash",),
    "demo": ("leadline demo --size tiny --dir demo",),
    "case new": ('leadline case new CASE --name "Operation Lantern" --authority "warrant 18/204"',),
    "case set": (
        'leadline case set CASE pin.ledger=LEDGER pin.tag+=tags.yaml pin.price=prices.csv --reason "received 5 March"',
        "leadline case set CASE withdraw+=tag:962631a685a1bc5ff1e7ee54e9943bd37e0da6ccc0fb24c5aaea4fa325a3a106#entry:19"
        ' --reason "its publisher took it back"',
        'leadline case set CASE clear+=us:mlat_use --reason "consent of 2 May, file 7"',
    ),
    "case status": ("leadline case status CASE",),
    "case log": ("leadline case log CASE --last 50", "leadline case log CASE --checkpoint case.txt --key examiner.key"),
    "case decide": (
        'leadline case decide CASE 003075747246 --verdict accepted --reason "return, payment and login agree"',
        "leadline case decide CASE --from decisions.jsonl",
    ),
    "case operator add": (
        "leadline case operator add CASE ana --key ana.key.pub --role officer",
        "leadline case operator add CASE bo --key bo.key.pub --role examiner --operator ana.key",
    ),
    "case operator remove": ('leadline case operator remove CASE bo --reason "moved" --operator ana.key',),
    "case operator list": ("leadline case operator list CASE",),
    "case find": (
        "leadline case find CASE --predicate payer_candidate",
        "leadline case find CASE --ref account:site/53",
        "leadline case find CASE --identifier 198.18.4.5",
    ),
    "case exposure": (
        "leadline case exposure CASE account:site/53",
        "leadline case exposure CASE 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa --cluster",
    ),
    "case changes": ("leadline case changes CASE", "leadline case changes CASE --step trace --json"),
    "case export": ("leadline case export CASE payment --out payments.csv",),
    "case request": ("leadline case request CASE --out requests.csv",),
    "case validation": ("leadline case validation CASE", "leadline case validation CASE --json"),
    "case export-vics": ("leadline case export-vics CASE --out files.json --state never_seen",),
    "case import-categories": (
        'leadline case import-categories CASE back.json --on-behalf-of "examiner 12" --key examiner.key',
    ),
    "intake": (
        "leadline intake CASE evidence",
        "leadline intake CASE market.db --map market_live",
        "leadline intake CASE media --video keyframes",
    ),
    "ledger build": ("leadline ledger build LEDGER blocks", "leadline ledger build LEDGER disk1/blocks disk2/blocks"),
    "ledger check": ("leadline ledger check blocks", "leadline ledger check LEDGER"),
    "ledger info": ("leadline ledger info LEDGER --json",),
    "ledger find": ("leadline ledger find LEDGER 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",),
    "ledger cluster": ("leadline ledger cluster LEDGER 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",),
    "ledger cluster-conflicts": ("leadline ledger cluster-conflicts LEDGER --tags tags.yaml",),
    "ledger change": (
        "leadline ledger change LEDGER f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16",
    ),
    "ledger missing-blocks": (
        "leadline ledger missing-blocks CASE --before 14",
        "leadline ledger missing-blocks CASE --by height",
    ),
    "ledger tx": ("leadline ledger tx LEDGER f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16",),
    "hashlist info": ("leadline hashlist info LIST",),
    "hashlist convert": ("leadline hashlist convert LIST --out list.json --scheme vics-us",),
    "trace": ("leadline trace CASE",),
    "match": ("leadline match CASE",),
    "calibrate": ("leadline calibrate PHOTOS --out figures.json",),
    "link": ("leadline link CASE",),
    "rank": ("leadline rank CASE",),
    "restitute": ("leadline restitute CASE",),
    "run": ("leadline run CASE", "leadline run CASE --until link"),
    "refer": ("leadline refer CASE --key examiner.key", "leadline refer CASE --key examiner.key --hold-back"),
    "verify": (
        "leadline verify CASE --checkpoint case.txt --signer examiner.key.pub --rebuild",
        "leadline verify PACKAGE --signer examiner.key.pub",
    ),
    "case stamp": (
        "leadline case stamp CASE checkpoint.txt --request checkpoint.tsq",
        "leadline case stamp CASE checkpoint.txt --reply checkpoint.tsr --authority authority.pem",
    ),
    "case stamps": ("leadline case stamps CASE --authority authority.pem",),
    "case leaks": ("leadline case leaks CASE --all",),
    "map show": ("leadline map show maps/ --signer office.key.pub",),
    "map sign": ("leadline map sign forum.toml --key office.key",),
    "key new": ("leadline key new examiner.key --name examiner",),
    "show": ("leadline show CASE a0d8fc0c29bf row:wallets/53",),
    "explain": ("leadline explain CASE 003075747246",),
    "impact": ("leadline impact CASE tag:SHA256#entry:5", "leadline impact CASE exhibit:SHA256 --rests"),
    "scenario build": ("leadline scenario build DIR --size tiny --seed 7",),
}
"""Arguments in capitals stand for what the reader has."""
