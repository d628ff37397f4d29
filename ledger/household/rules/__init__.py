"""Rules that find the category of a record by the words she wrote (decision 0028)."""
