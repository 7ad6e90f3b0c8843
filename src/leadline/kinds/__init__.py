"""What the world has: chains, hashes, evidence formats, lists, exports, jurisdictions; pure, no engine, no store."""
