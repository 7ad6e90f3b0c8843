"""The prose of docs/accuracy.md: what each kind of figure is, and how each table is to be read."""

HEAD = """\
# How far tracing can be trusted

Written by `python benchmarks/trace.py --docs` from [accuracy.json](accuracy.json); no figure is typed by hand. Three
kinds of figure stand apart and are never mixed:

- *self-consistency*: against our own generator. 100 % means that it holds no case hard enough, not that there is
  none.
- *outside truth*: on real transactions; each row says how its truth arose and which rule it presupposes.
- *this case*: what a case's own returns and addresses say. `leadline case validation CASE` prints it; it stands on the
  page for the other side and in every referral. Only this kind belongs in court.

A share stands with its numbers and Wilson's 95 % interval. No figure says that a person paid: trace says which
service let coins go; who asked for it is the service's answer, and whether that person is the payer, people decide.
"""
PATHS = """\
A path is right when service, released output and number of private steps all are: the figure is the path's, not a
hop's. By its length:
"""
SIGNS = """\
Signs of a service that leaves no cluster, counted on a sample of payments. They name nobody: they end a path that has
no other answer, as *no addressee of a request*. Many private payments lie on a chain of change that leads into a
service, so the signs alone prove nothing.
"""
CHANGE = """\
Change on {n} payments with one known change output, by each sign alone and by how many signs it leads the next
output: what trace follows. Hopline publishes 89.5 % on one sign and 99.5 % on two, on 3,647 transactions of its own
scenarios. Every published rule of change stands in [clusters.md](clusters.md).
"""
TAINT = """\
Taint: what the places of a rule add up to less the receipts; exact where it is 0. Poison counts coins more than once,
or not at all, and is not meant to add up.
"""
SWEEPS = """\
One share at a time, from none to nearly a third, over two seeds; all else as by default. *Pairs*: scripts that a
cluster puts together and that have one owner. *No purchase*: payments received that nobody made for a purchase, and
for how many of them a service is named nevertheless: that would be a request about a stranger.
"""
WEAK = """\
On {n} tiny training cases, with so few transactions that a service without a tag hardly shows. One that sweeps one to
three deposits looks like a private step, and a walk may go through it to a stranger's withdrawal.
"""
PEOPLE = """\
On three training cases of 60 people and 300 payments, played to the end. Of a hundred withdrawals that paid, one each
is named after another customer, miscopied, left out and denied by the service's return; the scripted reviewer believes
some of it and slips in one decision of fifty. How often was set by hand: these figures say what such errors do, never
how often they happen. Identifiers are drawn: how often strangers share one in the world, no case of ours says.
"""
CASE = """\
*Releases*: asked, those whose service made a return; a path is of its rules and its length. *Addresses*: those of the
records, paid and spent, held out a sweep or a month at a time - never at random, for those swept together would give
each other away - and found again from the others by common spending. *False joins*: of the scripts in their clusters,
from those known to be somebody else's to these and the unknown ones.
"""
