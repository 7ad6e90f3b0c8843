"""DuckDB over Arrow tables, with every network path closed."""
