"""Tables: particles and classes to generate for, and what steps and figures read of steps; read, or refused by name."""

import pytest
from attack import attack, damaged, examples
from hypothesis import given
from hypothesis import strategies as st

from showergan.cli.step import run as run_step
from showergan.config.recipes.found import RECIPES
from showergan.tasks.images.images import read_classes
from showergan.tasks.showers.particle_files import COLUMNS, read_particles

PARTICLES = ",".join(COLUMNS) + "\n" + "0.5,-0.25,9,1,-1\n" * 6
CLASSES = "label\na\nb\na\n"
METRICS = "epoch,split,metric,space,bin,value,sd,event_sd,n,clusters,flagged\n" + "".join(
    f"{epoch},{split},prd_auc,{space},{bin_},0.{epoch}5,0.01,0.02,40,3,False\n"
    for epoch in (1, 2)
    for split in ("select", "test")
    for space in ("E", "P")
    for bin_ in ("0", "all", "mean", "unflagged")
)
ANCHORS = "metric,space,bin,value,sd,event_sd,n,clusters,flagged,spread,anchor\n" + "".join(
    f"prd_auc,{space},{bin_},0.9,0.01,0.02,40,3,False,0.01,{anchor}\n"
    for anchor in ("ceiling", "shuffled", "untrained")
    for space in ("E", "P")
    for bin_ in ("0", "all", "mean", "unflagged")
)


@st.composite
def changed(draw, table):
    """Return a table with a cell, a column or a row that is another, lost or there twice."""
    rows = [line.split(",") for line in table.splitlines()]
    row, column = (draw(st.integers(0, len(part) - 1)) for part in (rows, rows[0]))
    how = draw(st.sampled_from(["cell", "row", "column", "name", "twice", "empty"]))
    cells = st.one_of(
        st.text(max_size=5),
        st.floats().map(str),
        st.sampled_from(["", "-1", '"', "1e999", "é", "\0"]),
    )
    if how == "cell":
        rows[row][column] = draw(cells)
    elif how == "row":
        del rows[row]
    elif how == "column":
        rows = [cells[:column] + cells[column + 1 :] for cells in rows]
    elif how == "name":
        rows[0][column] = draw(cells)
    elif how == "twice":
        rows.insert(row, rows[row])
    else:
        del rows[1:]
    return "\n".join(map(",".join, rows)).encode("utf-8", "surrogatepass")


def any_of(table):
    return st.one_of(changed(table), damaged(table.encode()))


CHOOSE = RECIPES["choose"](choose_by="E", own_learning_rates={"sn": "0.001_0.001"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where a run has its tables."""
    place = tmp_path_factory.mktemp("tables") / "small/sn/0.001_0.001/seed1"
    place.mkdir(parents=True)
    return place


def read(reader, path, content):
    path.write_bytes(content)
    return attack(reader, path)


@examples(150)
@given(content=any_of(PARTICLES))
def test_particles(folder, content):
    found = read(read_particles, folder / "particles.csv", content)
    assert isinstance(found, str) or (found.momentum[:, 2] > 0).all()


@examples(80)
@given(content=any_of(CLASSES))
def test_classes(folder, content):
    found = read(lambda path: read_classes(("a", "b"), path, None), folder / "c.csv", content)
    assert isinstance(found, str) or (found.one_hot.sum(axis=1) == 1).all()


@examples(100)
@given(metrics=st.one_of(st.just(METRICS.encode()), any_of(METRICS)), anchors=any_of(ANCHORS))
def test_metrics_of_runs(folder, metrics, anchors):
    """One table damaged or both."""
    (folder / "anchors.csv").write_bytes(anchors)
    path = folder / "metrics.csv"
    path.write_bytes(metrics)

    def run(path, out):
        grid = folder.parent / "grid.csv"
        run_step(CHOOSE, metrics=[path], out=grid)
        given = {"metrics": [path], "anchors": folder / "anchors.csv", "grid": grid}
        run_step(RECIPES["summarise"](), **given, out=out)

    attack(run, path, folder.parent / "out/table.csv")


def test_valid_tables_are_read(folder):
    assert len(read(read_particles, folder / "particles.csv", PARTICLES.encode()).momentum) == 6
    assert read(lambda p: read_classes(("a", "b"), p, None), folder / "c.csv", CLASSES.encode())
    (folder / "anchors.csv").write_text(ANCHORS)
    (folder / "metrics.csv").write_text(METRICS)
    out = {name: folder.parent / f"{name}.csv" for name in ("out", "grid")}
    metrics = [folder / "metrics.csv"]
    run_step(CHOOSE, metrics=metrics, out=out["grid"])
    run_step(RECIPES["summarise"](), metrics=metrics, anchors=folder / "anchors.csv", **out)
    assert all(path.read_text().count("\n") > 1 for path in out.values())
