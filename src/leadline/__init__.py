"""Leadline: from seized market records to identified people, referrals and restitution."""
