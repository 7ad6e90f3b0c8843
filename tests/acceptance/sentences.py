"""Every sentence that the report and the annex print of themselves, by the check that holds it (test_sentences.py)."""

# fmt: off
SAID: dict[str, tuple[str, ...]] = {
    "companions": (
        'These places are cited as the exhibit reads together with what stood beside it. The exhibit alone, '
        'under its own digest, does not hold them so: both files are needed to look. Each:',
        '. Who certifies such an exhibit certifies the file read with it too.',
    ),
    "accounts": (
        "a member's account on the seized service, named by its primary key in the service's own records",
    ),
    "against_first": (
        '+ Read each person with what speaks *against* and what stands beside. A name here is a lead to be '
        'tested by your own means and law.',
    ),
    "alternatives": (
        'A customer of record is the person in whose name a service keeps an account. Between that name and '
        'the person who paid, these stand in every case:',
        '- a peer-to-peer seller or a broker sent the coins to the account of someone who paid him in another'
        ' way;',
        "- the exchange account was lent, shared in a household, bought, or opened with someone else's "
        'papers;',
        "- the account on the seized service was sold, shared, or paid for another's use;",
        '- where private transactions lie between release and payment, the outputs there were handed to '
        'someone else.',
        'Where a rule saw a sign of one of them it stands under the person as a reason *against*.',
    ),
    "annex": (
        'This annex says how the figures of',
        'were made and where they end. The same rows stand in',
        'When each was taken into the case, and by which operator, stands in',
        "with the root of the case's log.",
    ),
    "asked": (
        ') not been answered by a service: have its records preserved first, then ask (',
        'No recorded release is in this package: there is no output to ask a service about on its own ground.',
        'output that is inferred, over a cluster or behaviour, has',
        'outputs that are inferred, over a cluster or behaviour, have',
        ') not been answered (',
        '): leads, which a person accepted.',
        ', one row an output with full transaction id, output number, amount and time. Those that rest on a '
        'cluster stand apart in',
        ', each only after a person accepted it: they are leads, never a ground on their own.',
    ),
    "bands": (
        'One row a person, in triage order.',
        'Bands: A, B, U, C, D, in this order; U: of whom a person can reach nothing decisive is known. A '
        'question without an answer is listed as unknown, never taken for a no.',
        'persons whom nothing known tells apart',
        '; it counts for nothing',
        'an order of work from what is known of whom a person can reach',
    ),
    "basis": (
        'Findings about coins stand together, with the exhibits and tags they cite; their outputs stand with '
        'the payments above, and what each alone rests on in',
        'everything a finding rests on, for and against',
    ),
    "beside": (
        'No such claim about these records and payments is in the case.',
        'Claims about the same records and payments that no sum of this package counts, though a claim above '
        'may rest on one. Third parties stand as references and numbers.',
    ),
    "claims": (
        'one claim: a subject, a predicate from a closed list, an object',
    ),
    "copies": (
        'Both are copies of the same records; which of them is right is not said. Each address with its place:',
        'lists no such account',
    ),
    "decided": (
        'Findings about accounts, services and payments that were decided, with everything they rest on, for '
        'and against, down to exhibit and place, and with who decided them. Other findings are computed '
        'alone, as values and bands are:',
        'says of each whether it was decided.',
    ),
    "falls": (
        '+ Tell the sender what contradicts any of it: it is entered as a decision, and all that rested on it'
        ' falls.',
    ),
    "figures": (
        'How often such paths to payments outside this package had their output confirmed by a return, of '
        'those that a service or a person answered, and at least, of all asked:',
        'A return confirms the output, not the hops: that the service paid it, not who held the coins '
        'between. No figure here counts a payment of this package.',
        'Counted without the payments of this package, and apart for each rule. A return confirms the output,'
        ' not the hops. Releases: asked, those whose service made a return; confirmed and denied, of those '
        'answered; at least, confirmed of those asked; each the figure of whole paths. Addresses: those of '
        'the seized records, held out by sweep or by month and found again from the others by common '
        "spending; false joins, the scripts in their clusters that are known to be somebody else's, and these"
        " with unknown ones. They measure clusters of the seized service's own addresses; nothing is measured"
        " of the clusters by which another service's release is inferred, of how many true releases the walks"
        " miss, or of how often the customer whom a return names was not the payer. In brackets Wilson's 95 %"
        ' interval, of addresses for as many as the sweeps are worth (Kish); where it is wider than three '
        'tenths, no share is given. Only what was measured on this case stands here. By length of path and by'
        ' month:',
    ),
    "files": (
        'what each column of these tables holds',
        'the page for the other side: what each claim rests on, leaves open, and what would refute it',
        'a part of these findings as a CASE/UCO graph, with its shapes beside it: persons, what ties them, their'
        ' payments, decisions on these and exhibits; claims rejected or undecided, what returns answer, bands,'
        ' and which findings receipts, releases and values are stand in the tables alone',
        'digests of every file',
    ),
    "label": (
        'Whom it is about',
        "Person: name as a service's return states it; reference",
        'leadline verify PACKAGE --signer KEY',
        'asking names the instruments for asking further.',
        'What this package holds',
        'their value on the days of payment',
        'What this is not',
        'How to check it',
        'Weight, set by hand',
        'in the order of the whole case',
        'As it stands in the source',
        'Members without any statement:',
        'The reason of a decision:',
        'Block time (UTC), height',
        'payer by decision on',
        "This person's own recorded releases:",
        'Rates: price of one bitcoin by series',
        'Counted, and in no package:',
        'Why it is not here',
        'What can go wrong',
        'What is done about it',
        'Outputs to ask services about stand in',
        'A list for orientation, not legal advice.',
        'this package reads the chain',
        ', a second time on',
        'that this is a bag, and of what',
        'signature and its time',
        'Annex for the court: jurisdiction',
        '· annex for the court ·',
        'ANNEX FOR THE COURT',
    ),
    "media": (
        'No upload, download or message that names a file stands in the records for these accounts.',
        'means a digest stands in a pinned list;',
        'means nothing in those lists matched: neither says what a file shows.',
        'places the records name an MD5 or SHA-1 alone; the seized file that has it stands beside it, with '
        'the finding that says so.',
    ),
    "no_image": (
        '· holds records, digests and figures; no image of any kind',
        'It is no proof that a named customer made a payment, used an account, or knew what the coins were '
        'for. It holds no image, video, miniature or description of one. The triage band orders work; it says'
        ' nothing about guilt.',
    ),
    "outputs": (
        'an amount of bitcoin created by a transaction, named by transaction id and number',
        'one hundred-millionth of a bitcoin; all sums are exact in satoshi',
    ),
    "paid_by": (
        'payments of which a customer here is counted as payer',
        'BTC of them lie on paths from the withdrawals named',
        'reached the same accounts; nobody here is counted as their payer, and they stand apart in every sum',
        'counts payments of which decisions make the person the payer, where a return names him for the '
        'output and a release is recorded;',
        "counts the other payments to the person's accounts.",
        'of the payment on paths from the withdrawals named)',
        'not counted as paid by this person',
        'who paid is not decided',
        ', nobody of this person',
    ),
    "places": (
        'the place in an exhibit: row, line, cell, byte range, or a chain output',
    ),
    "private": (
        'a transaction between release and payment that no known service made',
    ),
    "records": (
        'a record as it came in, named by the SHA-256 digest of its bytes',
    ),
    "refuted": (
        '- a record of the service that names another customer, destination or amount for the released '
        'output;',
        '- a chain on which the transactions named here do not exist or spend otherwise;',
        "- proof that the account's payment address belonged to another account, or that the database row was"
        ' changed before seizure;',
        '- proof that the customer had no control of his account when the coins were withdrawn;',
        '- an exhibit whose SHA-256 digest is not the one stated below.',
    ),
    "releases": (
        "of what its transaction spent, on addresses tagged as the service's own:",
        'the output by which a service let coins go',
    ),
    "returned": (
        'the customer a service names for a withdrawal in its answer to legal process',
    ),
    "shared": (
        'the records give this address for another account too, in',
        '): see its basis, against',
    ),
    "short": (
        'Short digests in this report are the first 12 digits; every table under',
    ),
    "signed": (
        '+ Make sure that nothing was changed and that the sender signed it:',
        ", with the sender's key from the sender, not from here.",
        'refuses a package that anyone changed, or that another key signed. Without this program: the folder '
        'is a BagIt bag (RFC 8493);',
        'signs the digest of its tag manifest with Ed25519.',
    ),
    "tied": (
        'whom decisions tie together, with',
    ),
    "training_case": (
        'decisions in this package',
        "were made by the training case's scripted reviewer. What they decided on is of a training case, in "
        'which no person, account or payment is real.',
    ),
    "asked_before": (
        'dated before the return that names this customer was acquired',
    ),
    "unvalued": (
        ') no price pinned for the day and',
        'missing from the sums in',
        ', never from those in BTC.',
        'Not valued: no price series is pinned in this case, so that every value in',
    ),
    "walks": (
        '; no walk back from it is in this case',
        'of it back to coins inferred by',
        'nothing before them was walked',
        'of it back to an end without a service,',
    ),
    "whole_case": (
        '. Figures of the whole case, which are about other people too, stand in',
        'These lines count every payment of the case, those of this package too, and every service. They '
        'describe nobody.',
    ),
    "withheld": (
        ') withheld from this package',
    ),
}
# fmt: on
