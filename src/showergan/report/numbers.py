"""Numbers of any size in little space."""

import math

import pandas as pd


def compact(value: float) -> str:
    """Return a number of any size in at most about seven characters: 0.72, 12.3, 3305, 1.4e28, 7e-4."""
    size = abs(value)
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    if size >= 99_999.5 or size < 0.001:
        digits, power = f"{value:.{1 if size > 1 else 0}e}".split("e")
        return f"{digits}e{int(power)}"
    if size >= 99.95:
        return f"{value:.0f}"
    if size >= 9.995:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 0.00995 else f"{value:.3f}"


def plus_minus(mean: float, sd: float) -> str:
    """Return "0.766 ± 0.040", "(1.4 ± 0.3)e28", one number without an sd, and nothing without a mean."""
    if pd.isna(mean):
        return ""
    spread = 0.0 if pd.isna(sd) or not math.isfinite(sd) else sd
    size = max(abs(mean), spread)
    if not math.isfinite(size):
        return compact(mean)
    power = math.floor(math.log10(size)) if size > 0 else 0
    scaled = not -3 <= power <= 4
    decimals = 1 if scaled else max(0, min(3, 3 - power))
    shown, unit = (10.0**power, f"e{power}") if scaled else (1.0, "")
    if pd.isna(sd):
        return f"{mean / shown:.{decimals}f}{unit}"
    both = f"{mean / shown:.{decimals}f} ± {sd / shown:.{decimals}f}"
    return f"({both}){unit}" if scaled else both


def told(value: float, form: str) -> str:
    """Return a number in a format, and nothing where there is none."""
    return "" if pd.isna(value) else f"{value:{form}}"


def counted(noun: str, *numbers: float) -> str:
    """Return the least and the most of some numbers of things: "1 seed", "3 seeds", "2 to 3 seeds"."""
    least, most = int(min(numbers)), int(max(numbers))
    number = f"{least}" if least == most else f"{least} to {most}"
    return f"{number} {noun}" if number == "1" else f"{number} {noun}s"
