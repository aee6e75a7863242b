"""The world -> frames: one file per vendor, all behind the protocols of `base`."""
