"""The tests mirror the packages; this file makes `tests` a package of this repository, whatever else is installed."""
