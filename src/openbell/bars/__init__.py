"""What can be computed from bars: sessions, aggregation, resampling, adjustment, indicators, statistics. Pure."""
