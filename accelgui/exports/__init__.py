"""What a run came to as a file that other programs read; without a window."""
