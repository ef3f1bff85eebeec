"""A mail server: SMTP takes the clinic's mail, people read and answer it, IMAP hands the answers over."""
