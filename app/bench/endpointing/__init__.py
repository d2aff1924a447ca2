"""How the endpointer's figures were made, and what its bench runs on. The program itself needs none of it."""
