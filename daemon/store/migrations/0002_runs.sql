-- Version 2: readings, samples and minute records are encoded as runs (docs/journal-format.md). The tables are the same.
SELECT 1;
