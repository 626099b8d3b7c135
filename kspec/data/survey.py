"""One look at all rows of a stream: what is missing, what stands for the rest, and what can be learnt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

import numpy as np

from kspec.data.adapting import Learner, learner
from kspec.data.chain import Chain, MakeLayer
from kspec.data.columns import gather
from kspec.data.filling import Means, wants_means
from kspec.data.gaps import Gaps
from kspec.data.labels import label_names
from kspec.data.part import Numbers, chosen_pieces
from kspec.data.plan import Plan
from kspec.data.planning import with_means
from kspec.data.recipes import Recipe, Sides, plan_of
from kspec.data.rows import RowNames
from kspec.data.sources import Fields, Stream
from kspec.data.sources.loaded import Progress
from kspec.data.witnesses import Witnesses
from kspec.spec.problems import SpecError


@dataclass(frozen=True, slots=True)
class StreamRows:
    """Some rows of a stream.

    Args:
        source: The stream.
        names: What messages call the rows of the stream.
        chosen: Numbers of the rows, ascending; None for all.
        part: What progress calls them.
        progress: Is told how far a reading of them has got.
    """

    source: Stream
    names: RowNames
    chosen: Numbers | None
    part: str
    progress: Progress

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.source.rows if self.chosen is None else len(self.chosen)

    def load(self) -> tuple[Fields, RowNames]:
        """Return the rows in memory, and what messages call them."""
        found = list(self.pieces("reading"))
        arrays = {name: np.concatenate([fields[name] for fields, _ in found]) for name in self.source.head}
        return Fields(arrays, primary=self.source.head.primary), self.names.take(
            np.arange(self.source.rows) if self.chosen is None else self.chosen
        )

    def pieces(
        self, task: str, fields: Collection[str] | None = None, every: Callable[[Fields], None] = lambda piece: None
    ) -> Iterator[tuple[Fields, RowNames]]:
        """Yield the rows a piece at a time, and tell of the progress of a task.

        Args:
            task: What is done with them.
            fields: Fields that are wanted; all if left out.
            every: Is shown all rows of the stream, also those that are not wanted.
        """
        done = 0
        for piece, rows in chosen_pieces(self.source, self.names, self.chosen, fields=fields, every=every):
            yield piece, rows
            done += piece.rows
            self.progress(f"{task} the {self.part} rows", done, self.rows)


@dataclass(slots=True)
class Survey:
    """What a look at all rows of a stream gathers.

    Args:
        rows: The rows.
        sides: Fields of every input and of every output's targets.
        masked: Keys, such as `input-NAME`, of those in which missing text is wanted.
        beside: Fields that the rows that stand for all are to have beside those, where there are such fields.
    """

    rows: StreamRows
    sides: Sides
    masked: Collection[str]
    beside: Collection[str] = ()
    _gaps: Gaps = field(default_factory=Gaps)

    @property
    def fields(self) -> list[str]:
        """The fields that are read."""
        beside = [name for name in self.rows.source.head if name in self.beside]
        return list(dict.fromkeys([*self._used, *beside]))

    @property
    def _used(self) -> list[str]:
        every = [item for fields in self.sides.values() for item in fields.values()]
        return list(dict.fromkeys(name for item in every for name in item.fields))

    def look_through(self) -> tuple[Fields, RowNames]:
        """Return rows that stand for all, and their names.

        Raises:
            SpecError: A value is missing.
        """
        return self._look(lambda fields, rows: None, lambda piece: None)

    def learn(self, *, known_labels: tuple[str, ...] | None, make_layer: MakeLayer) -> tuple[Plan, Fields, RowNames]:
        """Return the plan of the data, learnt from these rows, the rows that stand for all, and their names.

        What every first layer learns, the labels and the rows are found in one pass; a layer that learns from what
        another one has learnt takes a pass more.

        Args:
            known_labels: Class names of the field `y` that the source knows.
            make_layer: Builds a preprocessing layer.

        Raises:
            SpecError: A value is missing, or a layer refuses the rows.
        """
        if fields_of_means := wants_means(item for fields in self.sides.values() for item in fields.values()):
            means = Means(fields_of_means)
            for fields, _ in self.rows.pieces("averaging", fields_of_means):
                means.see(fields)
            self.sides = with_means(self.sides, means)
        head = self.rows.source.head
        names = self.rows.names
        recipes = [
            Recipe.of(side, name, wanted, head, names)
            for side, fields in self.sides.items()
            for name, wanted in fields.items()
        ]
        heads = {recipe.key: recipe.array(head, names)[:1] for recipe in recipes}
        learning = [
            _Learning(recipe, Chain(recipe.wanted.preprocess, heads[recipe.key], make_layer))
            for recipe in recipes
            if recipe.wanted.preprocess
        ]
        labels: dict[str, set[str]] = {recipe.name: set() for recipe in recipes if recipe.indexed}
        texts = {recipe.name: recipe for recipe in recipes if recipe.indexed}

        def also(fields: Fields, rows: RowNames) -> None:
            for item in learning:
                item.see(fields, rows)

        def every(piece: Fields) -> None:  # also rows that are split off: their classes are no unknown ones
            for name, recipe in texts.items():
                labels[name].update(label_names(gather(piece, recipe.wanted, names, column=False)))

        for item in learning:
            item.begin()
        sample, numbers = self._look(also, every)
        while [item for item in learning if item.end()]:
            for fields, rows in self.rows.pieces("learning from", self._used):
                for item in learning:
                    item.see(fields, rows)
        layers = {item.recipe.key: item.chain.done() for item in learning}
        named = {name: tuple(sorted(found)) for name, found in labels.items()}
        return plan_of(recipes, heads, layers, named, known_labels), sample, numbers

    def _look(
        self, also: Callable[[Fields, RowNames], None], every: Callable[[Fields], None]
    ) -> tuple[Fields, RowNames]:
        keyed = {f"{side}-{name}": item for side, fields in self.sides.items() for name, item in fields.items()}
        wanted = [(item, key in self.masked) for key, item in keyed.items()]
        targets = {name for item in self.sides.get("target", {}).values() for name in item.fields}
        witnesses = Witnesses(self.rows.names.part, self._used, targets)
        for fields, rows in self.rows.pieces("looking through", self.fields, every):
            self._gaps.see(fields, rows, wanted)
            if self._gaps.problems():
                continue  # nothing is learnt of rows that are refused; they are only counted
            witnesses.see(fields, rows)
            also(fields, rows)
        if problems := self._gaps.problems():
            raise SpecError(problems)
        return witnesses.found()


@dataclass(slots=True)
class _Learning:
    """The layers of one input or one output's targets, on their way to having learnt."""

    recipe: Recipe
    chain: Chain
    _learner: Learner | None = None

    def begin(self) -> None:
        """Make the next layer that learns ready to."""
        layer = self.chain.waiting()
        self._learner = None if layer is None else learner(layer)

    def see(self, fields: Fields, rows: RowNames) -> None:
        """Let it look at some rows."""
        if self._learner is not None:
            with self.chain.refusing():
                self._learner.see(self.chain.reaching(self.recipe.array(fields, rows)))

    def end(self) -> bool:
        """Put the layer that has learnt in its place, and say whether another one is waiting."""
        if self._learner is None:
            return False
        with self.chain.refusing():
            self._learner.end()
        self.chain.go_on()
        self.begin()
        return self._learner is not None
