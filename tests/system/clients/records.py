"""What books.py wants to know of an event, from the line a subject writes of it:

    M STREAM EPOCH SEQ COUNT REPLAYED
    S REASON EPOCH SEQ HISTORY COUNTS LOST      COUNTS and LOST as STREAM=N,... or -
    L MONOTONIC WHY     and     B MONOTONIC     are not for the books"""


def record_of(line):
    what, *rest = line.split(" ")
    if what == "M":
        stream, epoch, seq, count, replayed = rest[0], *map(int, rest[1:])
        return {"what": "update", "stream": stream, "epoch": epoch, "seq": seq, "count": count, "replayed": bool(replayed)}
    if what == "S":
        reason, epoch, seq, history, counts, lost = rest
        return {"what": "resynchronised", "reason": reason, "epoch": int(epoch), "seq": int(seq), "history": history == "1",
                "counts": _numbers(counts), "lost": _numbers(lost)}
    return None


def _numbers(text):
    return {stream: int(n) for stream, n in (one.split("=") for one in text.split(",") if one != "-")}
