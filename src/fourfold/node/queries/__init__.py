"""What commands list: rows of plain values, read from the store."""
