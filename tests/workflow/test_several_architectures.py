"""Several architectures in one run."""

import yaml
from copies import ROOT


def test_every_architecture_is_trained_with_every_method(fresh):
    raw = yaml.safe_load((ROOT / "experiments/toys.yaml").read_text())
    raw["methods"] = {name: raw["methods"][name] for name in ("gradient_penalty", "sn")}
    raw["training"] |= {"seeds": [1]}
    raw["architectures"] = {
        f"wide_{width}": {
            "label": f"{width} units",
            "generator": {"kind": "perceptron", "width": width},
            "discriminator": {"kind": "perceptron", "width": width},
        }
        for width in (8, 16, 32)
    }
    (fresh.folder / "several.yaml").write_text(yaml.safe_dump(raw))
    output = fresh.snakemake("--dry-run", "-p", "train", configfile="several.yaml")
    for architecture in raw["architectures"]:
        for method in raw["methods"]:
            rates = raw["methods"][method]["learning_rates"]
            pair = f"{float(rates['generator']):g}_{float(rates['discriminator']):g}"
            path = f"results/toys/train/{architecture}/{method}/{pair}/seed1/generator.pt"
            assert path in output
    assert output.count("showergan train ") == 6
    assert output.count('"width": 32') == 4  # generator and discriminator under both methods
