/** As the daemon reads it: people write a comma and a real minus, too. */
export const typedDecimal = (typed: string): string => typed.trim().replace(",", ".").replace("−", "-");

/** mantissa · 10^-scale, digit for digit. */
export function decimalText(mantissa: bigint, scale: number): string {
  if (scale === 0) return mantissa.toString();
  const negative = mantissa < 0n;
  const digits = (negative ? -mantissa : mantissa).toString().padStart(scale + 1, "0");
  return `${negative ? "−" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
