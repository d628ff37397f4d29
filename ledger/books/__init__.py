"""Books and their charts of accounts: what is opened, named, limited, frozen and closed."""
