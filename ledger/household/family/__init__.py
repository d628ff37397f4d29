"""Her own book and her family's: what is shared is a whole book, and only what she puts there.

A family book is opened and shared by whoever owns it; nothing is shared before. Leaving is
silent: nobody in the book is told. Money between the two is a bundle of two entries that share
nothing a family member could follow back: no number, size or existence of her own book.
"""
