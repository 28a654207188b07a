"""What readers call distributions and constraints."""

SOURCES = {
    "gaussians_8": "8 Gaussians",
    "gaussians_25": "25 Gaussians",
    "swiss_roll": "Swiss roll",
}


def constraint_name(constraint: str) -> str:
    """Return the name of a constraint, for example of "clipping 0.01"."""
    kind, _, bound = constraint.partition(" ")
    names = {"clipping": "weight clipping", "gradient_penalty": "gradient penalty"}
    name = names.get(kind, "spectral normalisation")
    return f"{name}, c = {bound}" if bound else name
