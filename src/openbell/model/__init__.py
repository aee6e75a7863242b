"""The desk's words: errors, intervals, and one schema per kind of frame. Imports nothing of Openbell."""
