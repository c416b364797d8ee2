"""What the editor can do with the programme beyond filling in forms."""
