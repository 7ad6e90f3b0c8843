"""Every command: its name, the module it stands in, and the first sentence of its help. Nothing else is imported."""

from leadline.commands.lazy import Entry, Table

OPERATOR = Table(
    "operator",
    "Keep the roll of a case's operators, who sign in with a key.",
    {
        "Keep": (
            Entry("add", "operator:add", "Put NAME on the roll of the case's operators, known by a public key."),
            Entry(
                "remove",
                "operator:remove",
                "Take NAME off the roll; what they did stays, under their name and signature.",
            ),
            Entry("list", "operator:list_", "List the roll of the case's operators, with what each may do."),
        ),
    },
    path="case operator ",
)
CASE = Table(
    "case",
    "Make, set, read and decide a case.",
    {
        "Set up and decide": (
            Entry("new", "case:new", "Make an empty case in a new folder."),
            Entry("set", "case:set_", "Change settings: KEY=VALUE, KEY+=VALUE, KEY-=VALUE."),
            Entry("decide", "decide:decide", "Decide FINDING (its id, or a beginning of it), or every line of a file."),
            OPERATOR,
        ),
        "Look": (
            Entry("status", "status:status", "Say what the case holds, what is stale and what was decided."),
            Entry(
                "log", "case:log", "Show the custody log, or write a signed checkpoint of it for someone else to hold."
            ),
            Entry(
                "stamp",
                "stamp:stamp",
                "Ask an authority for a time stamp of CHECKPOINT in a file, or take in its reply (RFC 3161).",
            ),
            Entry(
                "stamps",
                "stamp:stamps",
                "Check the time stamps that the log keeps against an authority's certificates, and say what each covers.",
            ),
            Entry("find", "look:find", "Find findings by predicate and ref, or where an identifier stands."),
            Entry(
                "leaks",
                "leaks:leaks",
                "List signs, in captured pages, of the machine that served them, first what names a machine best.",
            ),
            Entry(
                "exposure",
                "exposure:exposure",
                "Say how much of SUBJECT's coins came from and went to each category, direct and indirect, and by which outputs.",
            ),
            Entry(
                "changes",
                "changed:changes",
                "Name the findings that are new, changed or withdrawn since a step last ran, with the reason, and stale decisions.",
            ),
            Entry(
                "validation",
                "explain:validation_",
                "Print this case's own figures: releases confirmed and denied by returns, and its addresses found again.",
            ),
        ),
        "Give out and take back": (
            Entry("export", "look:export", "Write one table of the case to a file, without its restricted columns."),
            Entry(
                "request",
                "requests:request",
                "Write what to ask services: releases that reached a payment and that no return has answered.",
            ),
            Entry(
                "export-vics",
                "media:export_vics",
                "Write the seized files as VICS 2.0 for a tool in which specialists view material, never seen first.",
            ),
            Entry(
                "import-categories",
                "media:import_categories",
                "Take examiners' categories from a VICS FILE as signed decisions about the files.",
            ),
        ),
    },
    path="case ",
)
LEDGER = Table(
    "ledger",
    "Block files to a ledger, and looking things up in it.",
    {
        "Build": (
            Entry(
                "build",
                "ledger:build",
                "Build LEDGER from block FILES, or add them to it: blk*.dat or their folder, with rev*.dat and xor.dat beside.",
            ),
            Entry(
                "check",
                "ledger:check",
                "Read LEDGER, or block FILES, byte for byte, and name what is damaged; nothing is written.",
            ),
            Entry(
                "info",
                "ledger:info",
                "Say what LEDGER covers: runs of blocks and their days, inputs resolved, scripts, clusters, files.",
            ),
            Entry(
                "missing-blocks",
                "missing_blocks:missing_blocks",
                "Name the whole days of blocks that CASE needs and its pinned ledger lacks: to ask a node or an agency for.",
            ),
        ),
        "Look up": (
            Entry(
                "find",
                "ledger:find",
                "Say where ADDRESS or TXID stands in LEDGER: outputs to it and to its key, who spends them, the cluster.",
            ),
            Entry(
                "tx",
                "ledger:tx",
                "Draw the transaction TXID of LEDGER: what it spent left, what it made and who spends that right.",
            ),
            Entry(
                "cluster",
                "clustering:cluster",
                "Name the scripts that share ADDRESS's owner, and the merges (transaction and rule) that say so: a lead.",
            ),
            Entry(
                "cluster-conflicts",
                "clustering:cluster_conflicts",
                "Name the merges of LEDGER to look at: each joins two huge clusters, or clusters whose tags name different actors.",
            ),
            Entry(
                "change",
                "clustering:change",
                "Say which output of payment TXID went back to the payer, by every published rule, and by all together: a lead.",
            ),
        ),
    },
    path="ledger ",
)
LISTS = Table(
    "hashlist",
    "Hash lists: what one holds, and the same as VICS.",
    {
        "Commands": (
            Entry(
                "info",
                "lists:info",
                "Say what LIST holds: entries and hashes a kind, categories, rows kept aside, and what hashes may miss ours.",
            ),
            Entry(
                "convert",
                "lists:convert",
                "Write LIST as VICS JSON, data model 2.0 (1.3 for the scheme vics); notes and miniatures stay behind.",
            ),
        )
    },
    path="hashlist ",
)
KEY = Table(
    "key",
    "Make signing keys.",
    {"Commands": (Entry("new", "key:new", "Write a private key to FILE and its public key to FILE.pub."),)},
    path="key ",
)
MAPS = Table(
    "map",
    "Maps: what they read, and signed for other offices.",
    {
        "Commands": (
            Entry("show", "maps:show", "Say what MAP, or each map of a folder, reads and makes, and who signed it."),
            Entry("sign", "maps:sign", "Sign MAP: write a note beside it that says its name, version and digest."),
        )
    },
    path="map ",
)
SCENARIO = Table(
    "scenario",
    "Build a training case: synthetic people, drawn patterns, a chain of its own.",
    {
        "Commands": (
            Entry(
                "build",
                "scenario:build_command",
                "Write what an agency would receive into DIR, and the truth beside it.",
            ),
        )
    },
    path="scenario ",
)
CLI = Table(
    "leadline",
    "From the lawfully seized records of an illegal market to identified people, referrals and restitution.",
    {
        "Start": (
            Entry("demo", "demo:demo", "Play the whole job on a training case."),
            Entry(
                "completion",
                "completion:completion",
                "Print the lines that let SHELL complete commands and options: source them from its startup file.",
            ),
        ),
        "Cases and what they rest on": (CASE, LEDGER, LISTS, MAPS, KEY, SCENARIO),
        "Steps, in the order of the work": (
            Entry(
                "intake", "flow:intake", "Take in files and folders; a folder with an evidence.toml is what that lists."
            ),
            Entry("run", "flow:run", "Run every step that is not fresh; stops before anyone is referred."),
            Entry(
                "trace",
                "flow:trace",
                "Follow every payment back to the service that released the coins, and the market's coins forward.",
            ),
            Entry(
                "match",
                "flow:match",
                "Sort media into known, similar and never seen, and join near copies to series.",
            ),
            Entry("link", "flow:link", "Join returns to released coins, records to persons, persons to jurisdictions."),
            Entry("rank", "flow:rank", "Order persons by who they can reach, saying what is unknown."),
            Entry("refer", "flow:refer", "Write one signed package a jurisdiction, of the persons that were decided."),
            Entry(
                "restitute",
                "flow:restitute",
                "Account for every satoshi the market received: cashed out, spent on fees, gone elsewhere, still held, or outside what the ledger tells.",
            ),
        ),
        "Looks": (
            Entry("show", "look:show", "Print what stands at LOCATOR of EXHIBIT; an image is shown as its digest."),
            Entry(
                "explain",
                "explain:explain",
                "Lay FINDING open: what it says, what it rests on for and against, what was decided, and its path as a picture.",
            ),
            Entry(
                "impact",
                "impact:impact",
                "Name what falls without REF, what survives it, and what comes out otherwise.",
            ),
            Entry("verify", "verify:verify", "Hold a case against a checkpoint, or a package against its signer."),
            Entry(
                "calibrate",
                "media:calibrate",
                "Measure on a FOLDER of lawful pictures of your own what match would find again, and how near others come.",
            ),
        ),
    },
)
"""The whole command line; a command appears here when it works."""
