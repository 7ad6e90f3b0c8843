"""What `trace.py` measures with: training chains played through trace, and figures about what came out."""
