"""Alerts: what to tell whom about prices, volumes and the desk itself."""
