-- Version 3: in snapshots the minutes of a series stand in packed blocks (docs/journal-format.md). The tables are the same.
SELECT 1;
