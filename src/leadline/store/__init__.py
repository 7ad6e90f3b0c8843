"""A case on disk: layout, the only writer, blobs, custody log, keys."""
