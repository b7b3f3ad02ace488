"""`just bench`: what this application does in a second, beside others that do the same in the same minute."""
