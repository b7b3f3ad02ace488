"""What the application is measured beside: each does the same work, in the way that its own documentation shows."""
