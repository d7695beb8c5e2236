"""Measures of what a listener hears: words, levels, pauses, rate and pitch of a server's speech."""
