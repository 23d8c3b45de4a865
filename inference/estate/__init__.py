"""The estate of one scope: who is counted, where it runs, and what happened to it."""
