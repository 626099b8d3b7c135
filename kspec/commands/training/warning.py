"""Warnings that come of a spec together with its data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kspec.commands.training.job import Job
from kspec.runs.events import Warned
from kspec.spec.lints import loud
from kspec.spec.problems import SpecError, as_errors

if TYPE_CHECKING:
    import keras

    from kspec.data.prepare import Prepared


def warn_of_data(job: Job, model: keras.Model, data: Prepared) -> None:
    """Say what the data shows that is hardly meant; a sample does not show it, and a run that goes on has said it.

    Raises:
        SpecError: There is such a thing, and warnings are errors.
    """
    if job.smoke or job.manifest is not None:
        return
    from kspec.data.lints import lint_data
    from kspec.engine.building.compiling import output_shapes

    document = job.opened.document
    found = lint_data(job.opened.spec, data, output_shapes(model, job.opened.spec.graph))
    warnings = loud(document.place(found), document)
    if warnings and job.strict:
        raise SpecError(as_errors(warnings))
    if warnings:
        job.observe(Warned(tuple(warnings)))
