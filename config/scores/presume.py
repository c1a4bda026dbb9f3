#!/usr/bin/env python3
"""Prints the tables `male` and `female` of kdigo.toml: the creatinine (mg/dL) that is presumed of an adult of 18 to 110 years.

KDIGO 2012 (doi 10.1038/kisup.2012.1), table 9: the creatinine at which the MDRD formula gives 75 mL/min per 1.73 m2:
    75 = 186 * Scr^-1.154 * age^-0.203 * 0.742 if female;  Scr = (75 / (186 * age^-0.203 * 0.742 if female))^(-1/1.154).
The core compares exact decimals and has no powers, so the curve is a table, rounded half-up to 0.0001 mg/dL."""
from decimal import ROUND_HALF_UP, Decimal, getcontext

getcontext().prec = 60


def creatinine(age, female):
    rate = 186 * Decimal(age) ** Decimal("-0.203") * (Decimal("0.742") if female else 1)
    return ((75 / rate) ** (-1 / Decimal("1.154"))).quantize(Decimal("0.0001"), ROUND_HALF_UP)


for sex in ("male", "female"):
    print(f"{sex} = [")
    for start in range(18, 111, 10):
        row = ", ".join(f'"{creatinine(a, sex == "female")}"' for a in range(start, min(start + 10, 111)))
        print(f"    {row},  # {start}")
    print("]")
