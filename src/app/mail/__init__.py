"""Mail: what is accepted together with a mail is committed together with it, then delivered until it arrives."""
