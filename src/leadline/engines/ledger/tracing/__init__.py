"""Coins followed: walks back to a service, an owner's wallet forward, peel chains, mixes, taint, exposure."""
