"""What every request passes before a view, and every answer after it."""
