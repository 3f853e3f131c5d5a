"""The lab folder: paths, runs, files, names."""
