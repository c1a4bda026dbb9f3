// A reading behind a score or an alert, in words. Pure.
import { decimalText } from "./decimal.ts";
import { text, word } from "./text.ts";
import { milliseconds, timeOf } from "./time.ts";
import { Verdict, type Evidence } from "vigil-client/wire/vigil/v1/score_pb.ts";

export interface EvidenceView {
  role: string;
  value: string;
  at: string;
  verdict: string;
  used: boolean;
  source: string;
}

export function evidenceView(evidence: Evidence, now: number | undefined): EvidenceView {
  const number = evidence.mantissa === undefined ? "" : `${evidence.comparator}${decimalText(evidence.mantissa, evidence.scale)} ${evidence.unit}`.trim();
  const absent = evidence.verdict === Verdict.MISSING;
  const value = absent ? text.evidence.missing : number !== "" ? number : evidence.coded !== "" ? word(evidence.coded) : text.evidence.noValue;
  const reason = evidence.reason !== "" && evidence.reason !== "stale" ? `: ${word(evidence.reason)}` : "";
  return {
    role: word(evidence.role || evidence.signal),
    value: evidence.comparison !== "" && !absent && evidence.compared !== number ? `${value}, ${evidence.comparison}` : value,
    at: evidence.eventTimeMs === undefined ? text.evidence.noValue : timeOf(milliseconds(evidence.eventTimeMs), now),
    verdict: (text.evidence.verdicts[evidence.verdict] ?? "") + reason,
    used: evidence.verdict === Verdict.USED || evidence.verdict === Verdict.SUBSTITUTED,
    source: evidence.source,
  };
}
