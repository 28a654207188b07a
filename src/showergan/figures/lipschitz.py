"""How loose the Lipschitz bound of a discriminator is: the product of its layers against its gradients."""

from __future__ import annotations

from showergan.drawing.empty_figure import empty_figure
from showergan.drawing.labels import fitted
from showergan.drawing.numbers import compact
from showergan.drawing.registry import TRAINING, register_figure
from showergan.drawing.runs import at_chosen_rates, groups
from showergan.drawing.style import Style, legend_below, new_figure
from showergan.heavy import mpl, np, pd

# Column: label, marker, height within a method's row.
QUANTITIES = {
    "flattened": ("product of norms of flattened weights", "s", 0.22),
    "operator": ("bound: product of operator norms", "D", 0.11),
    "gradient_between": ("largest gradient between real and fake", "o", 0.0),
    "gradient_real": ("largest gradient at real", ">", -0.11),
    "gradient_fake": ("largest gradient at fake", "<", -0.22),
}
GRADIENTS = [name for name in QUANTITIES if name.startswith("gradient")]


@register_figure("Lipschitz bounds and gradients", TRAINING)
def lipschitz(style: Style, lipschitz: pd.DataFrame, grid: pd.DataFrame) -> mpl.figure.Figure:
    """Draw per method the bounds on the Lipschitz constant (filled) and the largest gradients seen (open).

    A constant that bounds holds every gradient to its left; the number beside a row is how many times the operator
    bound exceeds the largest gradient, the geometric mean over seeds.
    """
    total = lipschitz[lipschitz["layer"] == "total"]
    found = groups(style, at_chosen_rates(total, grid))
    if not found:
        return empty_figure("No Lipschitz constants were measured in this run.")
    figure = new_figure(0.9 + 0.72 * len(found))
    axes = figure.subplots()
    axes.set_xscale("log")
    for y, group in enumerate(found):
        axes.axhspan(y - 0.5, y + 0.5, color="0.96" if y % 2 else "white", zorder=0)
        for name, (_, marker, lift) in QUANTITIES.items():
            values = group.rows[name].where(group.rows[name] > 0)
            axes.plot(
                values,
                np.full(len(values), y - lift),
                marker,
                color=group.colour,
                markerfacecolor="white" if name in GRADIENTS else group.colour,
                markersize=6,
                alpha=0.9,
            )
        axes.annotate(
            _ratio(group.rows),
            (1, y),
            xycoords=axes.get_yaxis_transform(),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
        )
    axes.annotate(
        "bound / gradient",
        (1, 1),
        xycoords="axes fraction",
        xytext=(6, 4),
        textcoords="offset points",
        color="0.35",
    )
    axes.set_yticks(range(len(found)), [fitted(g.label, 26) for g in found])
    axes.tick_params(axis="y", length=0)
    axes.set(
        ylim=(len(found) - 0.5, -0.5),
        xlabel="Lipschitz constant of the discriminator in log(1 + E / MeV)",
    )
    axes.grid(axis="x", color="0.88", linewidth=0.8)
    handles = [
        mpl.lines.Line2D(
            [],
            [],
            linestyle="",
            marker=marker,
            color="0.3",
            markerfacecolor="white" if name in GRADIENTS else "0.3",
            markersize=6,
        )
        for name, (_, marker, _) in QUANTITIES.items()
    ]
    legend_below(figure, handles, [label for label, _, _ in QUANTITIES.values()])
    return figure


def _ratio(rows: pd.DataFrame) -> str:
    ratios = rows["operator"] / rows[GRADIENTS].max(axis=1)
    ratios = ratios[np.isfinite(ratios) & (ratios > 0)]
    if not len(ratios):
        return "unknown"
    return f"\N{MULTIPLICATION SIGN} {compact(np.exp(np.log(ratios).mean()))}"
