"""A household's book as she knows it: home currency, pay day, categories and pockets."""
