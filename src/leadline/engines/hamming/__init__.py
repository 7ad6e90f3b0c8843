"""Exact search of 256-bit hashes within a Hamming radius."""
