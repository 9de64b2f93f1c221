from __future__ import annotations

import pytest

from relsurvey.effects.formula import read_formula
from relsurvey.errors import ModelError


@pytest.mark.parametrize(
    ("formula", "plain", "transformed", "categorical"),
    [
        ("y ~ x * z", ("y", "x", "z"), (), ()),
        ("y ~ (a + b)**2 - 1", ("y", "a", "b"), (), ()),
        ("np.log(y) ~ np.exp(x) + C(g)", (), ("y", "x"), ("g",)),
        ("y ~ C(g, Treatment(reference='low'))", ("y",), (), ("g",)),
        ("y ~ I(x ** 2) + bs(z, df=4)", ("y",), ("x", "z"), ()),
        ("`y 1` ~ Q('x 2') + x", ("y 1", "x 2", "x"), (), ()),
        ("y ~ True + x", ("y", "x"), (), ()),
    ],
)
def test_columns_are_found_by_use(formula, plain, transformed, categorical):
    read = read_formula(formula)
    assert (read.plain, read.transformed, read.categorical) == (plain, transformed, categorical)


@pytest.mark.parametrize("formula", ["", "y", "y ~", "~ x", "y ~ x ~ z", "y ~ (x", "y ~ 'x"])
def test_what_is_no_formula_is_refused(formula):
    with pytest.raises(ModelError):
        read_formula(formula)
