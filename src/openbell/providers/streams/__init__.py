"""Prices as they happen, pushed by vendors over WebSockets.

spoken      what every stream tells, and what a vendor's dialect promises
socket      a dialect over a real WebSocket
polled      quotes that are asked for again and again, as if they were pushed
wanted      the symbols that a running stream is to tell of
parts       what the dialects have in common
yahoo, alpaca, schwab, finnhub    one dialect each: frames in, columns out, no network
"""
