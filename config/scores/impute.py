#!/usr/bin/env python3
"""Prints the table `pao2` of sofa.toml: the PaO2 (mm[Hg]) that a saturation of 50.0 to 97.0 % stands for, in tenths of a per cent.

Severinghaus inverted by Ellis, as used by Brown SM et al., Chest 2016;150:307, doi 10.1016/j.chest.2016.01.003:
    q = 11700 / (1/S - 1);  r = sqrt(50^3 + q^2);  PaO2 = cbrt(q + r) + cbrt(q - r),  the real root of p^3 + 150 p = 2 q.
The core compares exact decimals and has no cube roots, so the curve is a table, rounded half-up to 0.0001 mm[Hg]."""
from decimal import ROUND_HALF_UP, Decimal, getcontext

getcontext().prec = 60


def pao2(tenths):
    s = Decimal(tenths) / 1000
    q = Decimal(11700) / (1 / s - 1)
    p = Decimal(60)
    for _ in range(200):  # Newton on p^3 + 150 p - 2 q, which has one real root
        p -= (p**3 + 150 * p - 2 * q) / (3 * p**2 + 150)
    return p.quantize(Decimal("0.0001"), ROUND_HALF_UP)


for start in range(500, 971, 10):
    row = ", ".join(f'"{pao2(t)}"' for t in range(start, min(start + 10, 971)))
    print(f"    {row},  # {start / 10:.1f}")
