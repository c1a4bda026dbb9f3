-- Version 6: in snapshots an encounter has its days, as recorded (docs/journal-format.md). The tables are the same.
SELECT 1;
