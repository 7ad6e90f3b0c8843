"""The data model: refs, locators, tables and predicates; the only place that defines a column, its unit, its type."""
