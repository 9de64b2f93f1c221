"""One small study, analysed for real, that all tests of the report look at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relsurvey.effects.moderate import moderate
from relsurvey.effects.rank_effects import rank_effects
from relsurvey.effects.regress import regress
from relsurvey.effects.sensitivity import sensitivity
from relsurvey.effects.specification_curve import specification_curve
from relsurvey.effects.split_groups import split_groups
from relsurvey.measurement.agreement import agreement
from relsurvey.measurement.compare import compare_models
from relsurvey.measurement.compared_groups import compared_groups
from relsurvey.measurement.invariance import invariance
from relsurvey.measurement.marker import marker_correlations
from relsurvey.measurement.reliability import reliability
from relsurvey.measurement.standard_models import standard_models
from relsurvey.measurement.two_level_cfa import two_level_cfa
from relsurvey.report.contents import ReportContents
from relsurvey.responses.careless import careless
from relsurvey.responses.check import check
from relsurvey.responses.keyed_items import keyed_items
from relsurvey.responses.response_rates import response_rates
from relsurvey.scoring.score import score
from relsurvey.simulation.simulate import simulate
from relsurvey.study.data_variants import data_variants

FORM = "short"
ORDER = (
    "task_coordination, shared_vision > social_interaction > "
    "individual_consideration, skill_development"
)


@pytest.fixture(scope="session")
def danish() -> ReportContents:
    """Every part computed, in Danish, on some 300 answers to the short form."""
    drawn = simulate("article", n_employees=420, form=FORM, seed=4)
    responses = drawn.responses
    instrument = responses.instrument
    scores = score(responses)
    items = keyed_items(responses)
    model = instrument.model(FORM)
    by_role = {
        role: [construct.id for construct in instrument.constructs_in(FORM, (role,))]
        for role in ("dimension", "proximity", "outcome")
    }
    dimensions, proximity = by_role["dimension"], by_role["proximity"]
    outcomes = by_role["outcome"]
    comparison = compare_models(items, standard_models(instrument, FORM))
    frame = items.assign(leader=scores.frame["leader"])
    common = {name: model[name] for name in dimensions}
    measured = {name: model[name] for name in (*dimensions, *outcomes)}
    own = {"social_interaction": model["social_interaction"]}
    levels = two_level_cfa(frame, own, own, "leader", estimator="mlr")
    jobs = compared_groups("job_group", scores.frame["job_group"], frame["leader"], fewest=60)
    tongues = compared_groups("language", scores.frame["language"], frame["leader"])
    kept = scores.frame["job_group"].astype(str).isin(jobs.sizes)
    assert not jobs.reason
    assert tongues.reason
    alike = invariance(
        frame[kept].assign(job_group=scores.frame["job_group"][kept]),
        common,
        group="job_group",
        cluster="leader",
        missing="pairwise",
        partial=True,
    )
    blocks = {"individual": dimensions[:2], "collective": dimensions[2:]}

    def ranked(predictors, **more):
        return rank_effects(
            scores.frame,
            outcome=outcomes,
            predictors=predictors,
            cluster="leader",
            n_boot=200,
            seed=1,
            **more,
        )

    return ReportContents(
        title="Trivsel i prøvekommunen",
        language="da",
        instrument=instrument,
        form=FORM,
        responses=responses,
        problems=check(responses),
        scores=scores,
        min_n=5,
        cluster="leader",
        moderator="span_of_control",
        synthetic=True,
        response_rates=response_rates(responses),
        careless=careless(responses),
        reliability=reliability(items, model, ordered=True),
        general_factor=reliability(items, {"leadership": common}, ordered=True),
        level_reliability=levels.reliability(),
        compared_groups=(jobs, tongues),
        invariances={"job_group": alike},
        agreement=agreement(items.assign(unit=scores.frame["unit"]), model, "unit", 5),
        model_comparison=comparison.tidy(),
        cfa=comparison.fits["five_factor"],
        marker=marker_correlations(
            scores.frame, [*dimensions, *proximity], outcomes, "marker"
        ).tidy(),
        regressions={
            outcome: regress(
                scores.frame,
                f"{outcome} ~ {' + '.join(dimensions)}",
                cluster="leader",
                standardise=True,
            )
            for outcome in outcomes
        },
        moderations={
            form: moderate(scores.frame, outcomes, dimensions, form=form, cluster="leader")
            for form in ("log", "classes")
        },
        rankings={
            "dimensions": ranked(dimensions, blocks=blocks, order=ORDER),
            "dimensions_and_proximity": ranked([*dimensions, *proximity]),
        },
        level_rankings={
            level: rank_effects(
                frame if level == "corrected" else scores.frame,
                outcome=outcomes,
                predictors=dimensions,
                cluster="leader",
                level=level,
                model=measured if level == "corrected" else None,
                n_boot=200,
                seed=1,
            )
            for level in ("corrected", "between", "split")
        },
        split_groups=split_groups(
            scores.frame, outcomes, dimensions, cluster="leader", n_splits=20
        ),
        sensitivity=sensitivity(scores.frame, outcomes, dimensions, cluster="leader"),
        specification_curve=specification_curve(
            data_variants(responses, scores)[:2],
            outcomes,
            dimensions,
            cluster="leader",
            moderator="span_of_control",
        ),
        record={"relsurvey": "0.0", "seed": 1, "files": [{"part": "answers", "sha256": "abc"}]},
    )


@pytest.fixture(scope="session")
def english(danish: ReportContents) -> ReportContents:
    return replace(danish, language="en", title="Wellbeing in the trial municipality")


@pytest.fixture(scope="session")
def bare(danish: ReportContents) -> ReportContents:
    """Answers and scores, and nothing else."""
    return ReportContents(
        title="Kun svar",
        language="da",
        instrument=danish.instrument,
        form=FORM,
        responses=danish.responses,
        problems=danish.problems,
        scores=danish.scores,
        omitted=(
            ("response_rates", "no_units"),
            ("rankings", "no_outcome"),
            ("moderations", "no_moderator"),
            ("marker", "The data lack columns. where: <b>x</b>"),
        ),
    )
