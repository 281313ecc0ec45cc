"""The packaged law: files of dated entries, and what they make of a firm."""
