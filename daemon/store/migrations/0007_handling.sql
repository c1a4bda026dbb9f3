-- Version 7: alerts and what is kept beside them say what people decided about them (docs/journal-format.md). The tables
-- are the same; segments of version 6 are read as they are.
SELECT 1;
