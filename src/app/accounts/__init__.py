"""Who may come in, and as whom: users, roles, sessions and the links that are mailed to people."""
