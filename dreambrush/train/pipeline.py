"""Trains a brush: collect, dream, controller, export; stopped at any moment, it goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from dreambrush.cores import available_cores
from dreambrush.dream.gradient import GRADIENT_FILE
from dreambrush.dream.wet import CARD_ENTRY as WET_ENTRY
from dreambrush.dream.wet import lays_own
from dreambrush.errors import ModelError
from dreambrush.jobs.crew import open_crew
from dreambrush.models.catalogue import (
    COLOUR_WEIGHTS_FILE,
    CONTROLLER_FILE,
    POLICY_FILE,
    POLICY_WEIGHTS_FILE,
    WEIGHTS_FILE,
    WET_GRADIENT_FILE,
    WET_WEIGHTS_FILE,
    BrushFile,
    fingerprint,
    model_leftovers,
    read_card,
    shipped_folder,
)
from dreambrush.mypaint.brushes.folders import bare_name
from dreambrush.mypaint.engine.myb import BrushSettings, read_myb
from dreambrush.painter.propose.round_kernel import CARD_ENTRY as CONTROLLER_KERNEL_ENTRY
from dreambrush.pictures.picture_sets import open_picture_set
from dreambrush.train.card import dream_section
from dreambrush.train.collect.gather import gather
from dreambrush.train.collect.learnable import check_learnable
from dreambrush.train.collect.probe import probe
from dreambrush.train.collect.shards import MANIFEST, Manifest, load_strokes
from dreambrush.train.collect.wet import dry_version, is_wet_brush
from dreambrush.train.export.networks import Exported, controller_entry, export_networks, load_colour, write_model
from dreambrush.train.fit.checkpoint import Checkpoint
from dreambrush.train.fit.colour import ColourDream, learn_colour
from dreambrush.train.fit.controller import SIDE as PRACTICE_SIDE
from dreambrush.train.fit.controller import learn_controller
from dreambrush.train.fit.evaluate import HELD_OUT_SEED_OFFSET, evaluate
from dreambrush.train.fit.field import FieldDream
from dreambrush.train.fit.follow import call_controller
from dreambrush.train.fit.grounds import Grounds
from dreambrush.train.fit.learn import learn_dream, load_dream
from dreambrush.train.fit.nearest import nearest_controller
from dreambrush.train.fit.nib import measure_nib
from dreambrush.train.fit.practice_pictures import draw_picture
from dreambrush.train.fit.ranks import ALONE, Ranks
from dreambrush.train.fit.wet_fit import LearntWet, learn_wet, load_wet
from dreambrush.train.fit.wet_score import evaluate_wet
from dreambrush.train.plan import STAGES, Stage, TrainOptions, check_device
from dreambrush.train.preview import PREVIEW_FILE, preview_sheet, wet_preview_sheet
from dreambrush.train.to_onnx import controller_bytes
from dreambrush.train.workspace import Workspace

DREAM_CHECKPOINT, CONTROLLER_CHECKPOINT = "dream-checkpoint.safetensors", "controller-checkpoint.safetensors"
PRACTICE_FOLDER = "practice"  # of the model that a controller practises with
RANDOM = 1e-6  # noise floor above which no two strokes of a brush are alike

Report = Callable[[str, int, int], None]


def train(
    brush: BrushFile,
    output: Path,
    options: TrainOptions | None = None,
    stages: Sequence[Stage] = STAGES,
    progress: Report = lambda stage, done, total: None,
    *,
    keep: bool = False,
    restart: bool = False,
    workers: int | None = None,
    ranks: Ranks = ALONE,
    instead_of: str | None = None,
) -> Path:
    """Trains a brush and writes its model.

    What is not finished lies in the folder ``training`` inside of the model's, which is otherwise left as it is until
    the last stage.  The same call continues an unfinished training, and the weights become the same bytes as without
    the stop.

    Args:
        brush: the brush.
        output: the model's folder; made if missing, its model replaced if it has one.
        options: what and how long to learn.
        stages: those to do now.
        progress: told stage ("collect", "dream", "evaluate", "wet", "controller", "export"), how much is done, and in
            all.
        keep: do not delete the strokes and checkpoints after the last stage.
        restart: throw away what an unfinished training left.
        workers: processes that paint strokes; by default one per core.
        ranks: those that train together; this is the first.
        instead_of: name of a shipped model that this one is to replace, if it is not the one in that folder; a
            controller does not begin from the one that it replaces.

    Returns:
        The folder.

    Raises:
        BrushError: the brush file is broken, or the brush lays no paint and moves none.
        UsageError: there is no such device, or there are too few.
        ModelError: an earlier stage is missing, or what was exported answers differently.
        OutputError: the folder cannot be written, is in use, or has an unfinished training with other options.
    """
    options = options or TrainOptions()
    settings = read_myb(brush.path)
    check_learnable(brush.name, settings)
    check_device(options.device, ranks.here)
    torch.set_num_threads(options.threads)
    workspace = Workspace(output, options.plan(settings))
    with workspace.opened(restart=restart):
        replaced = output if instead_of is None else shipped_folder("pretrained") / instead_of
        run = _Run(brush, settings, options, workspace, progress, ranks, replaced)
        for stage in STAGES:
            if stage in stages:
                run.do(stage, workers or available_cores())
        if STAGES[-1] in stages and not keep:
            workspace.remove()
    return output


@dataclass
class _Run:
    brush: BrushFile
    settings: BrushSettings
    options: TrainOptions
    workspace: Workspace
    report: Report
    ranks: Ranks
    replaced: Path

    @property
    def dry(self) -> BrushSettings:
        """The brush without what makes it wet: its dream is of coverage, wherever paint lies."""
        return dry_version(self.settings)

    def do(self, stage: Stage, workers: int) -> None:
        """Does a stage, as far as it is not done yet."""
        if stage == "collect":
            self._collect(workers)
        elif stage == "dream":
            self._dream()
        elif stage == "controller":
            self._controller()
        else:
            self._export()

    def _collect(self, workers: int) -> None:
        wanted = Manifest(self.brush.name, self.dry.digest(), self.options.seed, False, self.options.strokes, 0)
        with self.workspace.timed("collect"), open_crew(workers) as crew:
            gather(
                self.workspace.strokes,
                self.dry,
                wanted,
                crew,
                lambda done, total: self.report("collect", done, total),
            )

    def _dream(self) -> None:
        options, workspace = self.options, self.workspace
        weights = workspace.folder / WEIGHTS_FILE
        if not weights.is_file():
            if not (workspace.strokes / MANIFEST).is_file():
                raise ModelError(
                    "There are no strokes to learn from yet.", "Run this with --only collect first.", id="stage-missing"
                )
            checkpoint = Checkpoint(workspace.folder / DREAM_CHECKPOINT, workspace.fingerprint, saved=workspace.tick)
            with workspace.timed("fit"):
                self.report("dream", checkpoint.load()[0], options.fit.steps)
                dream = learn_dream(
                    load_strokes(workspace.strokes),
                    measure_nib(self.dry),
                    options.fit,
                    options.seed,
                    lambda done, total: self.report("dream", done, total),
                    checkpoint,
                    options.device,
                    ranks=self.ranks,
                )
                workspace.save(WEIGHTS_FILE, save(dream.state_dict()))
        if workspace.journal.get("dream_of") != fingerprint(weights):
            found = probe(self.dry)
            with workspace.timed("evaluate"):
                self.report("evaluate", 0, 1)
                dream = load_dream(weights)
                score = evaluate(dream, self.dry, options.seed, options.held_out)
                about = dream_section(
                    self.brush.name,
                    self.settings.digest(),
                    dream.reach_on_canvas,
                    found.changes_colour,
                    options,
                    score,
                )
            if found.changes_colour:
                with workspace.timed("colour"):
                    colour, colour_score = learn_colour(self.dry, dream, options.seed, options.colour_steps, self.ranks)
                    about["held_out"]["colour"] = colour_score.as_dict()
                    workspace.save(COLOUR_WEIGHTS_FILE, save(colour.state_dict()))
            if is_wet_brush(self.settings):
                about |= self._wet(dream, colour if found.changes_colour else None)
            workspace.note(dream=about, dream_of=fingerprint(weights))

    def _wet(self, dream: FieldDream, colour: ColourDream | None) -> dict[str, Any]:
        """Learns what the brush does with paint that lies there: an entry of the card; none if it proves to be dry."""
        options, workspace = self.options, self.workspace
        pictures = None if options.practice is None else open_picture_set(Path(options.practice))
        with workspace.timed("wet"):
            self.report("wet", 0, 1)
            seen = Grounds(pictures, options.wet.canvases, options.seed)
            unseen = Grounds(pictures, options.wet.canvases, options.seed + HELD_OUT_SEED_OFFSET)
            learnt = learn_wet(
                self.settings,
                dream,
                seen,
                options.wet,
                options.seed,
                lambda done, total: self.report("wet", done, total),
                self.ranks,
            )
            if learnt is None:
                return {}
            workspace.save(WET_WEIGHTS_FILE, save(learnt.field.state_dict()))
            score = evaluate_wet(self.settings, dream, learnt, unseen, options.seed, options.wet.held_out, colour)
        return {
            WET_ENTRY: {
                **learnt.as_dict(),
                "pictures": "drawn ones" if pictures is None else f"{len(pictures)} of a folder",
                "options": options.wet.as_dict(),
                "held_out": score.as_dict(),
            }
        }

    def _controller(self) -> None:
        workspace, options = self.workspace, self.options
        weights = workspace.need(WEIGHTS_FILE, "dream")
        dream_of = fingerprint(weights)
        if workspace.journal.get("controller_of") == dream_of:
            return
        exported, card = self._networks()
        folder = workspace.folder / PRACTICE_FOLDER
        write_model(folder, exported.files, card)
        if not lays_own(card):  # on a bare canvas there is nothing to practise with
            return
        pictures = None if options.practice is None else open_picture_set(Path(options.practice))
        begin = None if options.from_nothing else nearest_controller(folder, self.replaced)
        checkpoint = Checkpoint(
            workspace.folder / CONTROLLER_CHECKPOINT, f"{workspace.fingerprint} {dream_of}", saved=workspace.tick
        )
        rounds = options.rounds
        if begin is None and not options.from_nothing:
            rounds = options.patient().rounds
        with workspace.timed("controller"):
            self.report("controller", checkpoint.load()[0], rounds.batches)
            call_controller(self.ranks, folder, rounds, options.seed, options.practice)
            network = learn_controller(
                folder,
                lambda rng: draw_picture(pictures, PRACTICE_SIDE, rng),
                rounds,
                options.seed,
                begin.weights if begin else None,
                lambda done, total: self.report("controller", done, total),
                checkpoint,
                self.ranks,
            )
        workspace.save(CONTROLLER_FILE, controller_bytes(network))
        about = {
            "command": options.command(self.brush.name),
            "seed": options.seed,
            "begun_from": begin.brush if begin else None,
            "pictures": "drawn ones" if pictures is None else f"{len(pictures)} of a folder",
            "options": rounds.as_dict(),
        }
        workspace.note(controller=about, controller_of=dream_of)

    def _networks(self) -> tuple[Exported, dict[str, Any]]:
        """The dream as painting runs it, and what its card says so far."""
        workspace, journal = self.workspace, self.workspace.journal
        weights = workspace.need(WEIGHTS_FILE, "dream")
        new = weights.parent == workspace.folder
        card = dict(journal["dream"]) if new else read_card(workspace.model)
        colour = weights.parent / COLOUR_WEIGHTS_FILE if card["changes_colour"] else None
        practice = workspace.folder / PRACTICE_FOLDER
        made = (practice / GRADIENT_FILE).is_file() and read_card(practice).get("weights") == fingerprint(weights)
        wet = weights.parent / WET_WEIGHTS_FILE if WET_ENTRY in card else None
        gradients = (
            (practice / name).read_bytes() if made and (practice / name).is_file() else None
            for name in (GRADIENT_FILE, WET_GRADIENT_FILE)
        )
        exported = export_networks(weights, colour, next(gradients), wet, next(gradients))
        if wet is not None:
            field = load_wet(wet)
            card[WET_ENTRY] = card[WET_ENTRY] | {"lays_own": field.own, "erases": field.erases}
        return exported, card | exported.about

    def _export(self) -> None:
        workspace, journal = self.workspace, self.workspace.journal
        self.report("export", 0, 1)
        exported, card = self._networks()
        weights = workspace.need(WEIGHTS_FILE, "dream")
        new = weights.parent == workspace.folder
        dream = load_dream(weights)
        is_random = card["held_out"]["noise_floor"] > RANDOM
        files = exported.files | {
            PREVIEW_FILE: self._preview(dream, weights.parent, card, random=is_random),
        }
        if self.brush.path.parent != shipped_folder("brushes"):
            copy = f"{bare_name(self.brush.name)}.myb"  # so that it can be named from now on
            files[copy] = self.brush.path.read_bytes()
        own = journal.get("controller_of") == fingerprint(weights)
        if own or new:  # an older card may tell of an older controller
            card.pop("controller", None)
            card.pop(CONTROLLER_KERNEL_ENTRY, None)
        if own:
            files[CONTROLLER_FILE] = (workspace.folder / CONTROLLER_FILE).read_bytes()
            card |= {"controller": journal["controller"]} | controller_entry(files[CONTROLLER_FILE])
        card["seconds"] = {**card.get("seconds", {}), **journal.get("seconds", {})}
        write_model(workspace.model, files, card)
        practised = () if new else (CONTROLLER_FILE, POLICY_FILE, POLICY_WEIGHTS_FILE)  # an older one, in this dream
        for name in model_leftovers((*files, *practised)):
            (workspace.model / name).unlink(missing_ok=True)
        self.report("export", 1, 1)

    def _preview(self, dream: FieldDream, folder: Path, card: dict[str, Any], *, random: bool) -> bytes:
        """The preview sheet; over a painted ground if the brush is wet."""
        if WET_ENTRY not in card:
            return preview_sheet(dream, self.settings, self.options.seed, random=random)
        learnt = LearntWet.from_dict(load_wet(folder / WET_WEIGHTS_FILE), card[WET_ENTRY])
        colour = load_colour(folder / COLOUR_WEIGHTS_FILE) if card["changes_colour"] else None
        practice = self.options.practice
        pictures = None if practice is None else open_picture_set(Path(practice))
        return wet_preview_sheet(self.settings, dream, learnt, colour, pictures, self.options.seed)
