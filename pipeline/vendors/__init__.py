"""The vendors' SDKs, each behind one wrapper: our words in and out."""
