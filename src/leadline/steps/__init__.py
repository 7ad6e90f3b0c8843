"""The steps of a case: intake, trace, match, link, rank, refer, restitute; each alone, none importing another."""
