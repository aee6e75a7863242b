"""What can be computed from trades and bars; pure: no network, clock or database.

sessions     when exchanges trade        adjust       splits and dividends, there and back
aggregate    trades -> bars              indicators   averages, bands, oscillators of one symbol
resample     bars -> longer bars         statistics   by day and by hour
buckets      the grid under both         compare      two to eight symbols
cross        closing auctions printed late
"""
