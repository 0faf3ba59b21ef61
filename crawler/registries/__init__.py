"""Public registers: which addresses to ask for, and what their answers say. Pure; nothing here fetches."""
