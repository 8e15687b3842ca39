"""Several processes learn what one learns; all of them are started by torchrun."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from dreambrush.errors import UsageError
from dreambrush.models.catalogue import CONTROLLER_FILE, WEIGHTS_FILE, find_brush
from dreambrush.train.fit.nearest import controller_weights
from dreambrush.train.fit.ranks import ALONE, Ranks, _Share
from dreambrush.train.pipeline import CONTROLLER_CHECKPOINT, DREAM_CHECKPOINT, train
from dreambrush.train.plan import STAGES, check_device
from dreambrush.train.workspace import FOLDER
from tests.train.fit.fits_together import learn_all
from tests.train.fit.quick_training import quick_options

LEARNING = STAGES[:-1]
HERE = Path(__file__).parent
TORCHRUN = sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"
ROUNDING = 1e-4  # of weights up to 1; sums in another order make up to 2e-7 after 20 steps, a wrong share 0.01


def test_the_shares_of_a_batch_add_up_to_it() -> None:
    torch.manual_seed(0)
    network, rows, targets = nn.Linear(4, 2), torch.rand(5, 4), torch.rand(5, 2)

    def loss(rows: Tensor, targets: Tensor, power: int) -> Tensor:
        error: Tensor = network(rows) - targets
        return (error**power).mean()

    def gradient(value: Tensor) -> Tensor:
        return torch.cat([each.flatten() for each in torch.autograd.grad(value, list(network.parameters()))])

    whole = gradient(loss(rows, targets, power=4))
    assert ALONE.shared(network, loss) is loss
    for count in (2, 3, 7):  # of the last ones two have nothing to do
        parts = [_Share(network, loss, Ranks(number, count))(rows, targets, power=4) for number in range(count)]
        assert torch.allclose(torch.stack([gradient(part) for part in parts]).mean(0), whole, atol=1e-6)


@pytest.mark.usefixtures("one_thread")
def test_two_processes_learn_what_one_learns(tmp_path: Path) -> None:
    subprocess.run([*TORCHRUN, HERE / "fits_together.py", tmp_path / "two"], check=True, env=environment())
    together, alone = load_file(tmp_path / "two"), learn_all(ALONE)
    assert together.keys() == alone.keys()
    assert {name: gap for name in alone if (gap := difference(together[name], alone[name])) > ROUNDING} == {}


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
def test_stopped_and_with_a_process_killed_it_goes_on(tmp_path: Path) -> None:
    """Ctrl-C, then the death of each process, and in the end what one process learns."""
    script = str(HERE / "quick_training.py")
    words = script, "train", "oil", "--strokes", "300", "--quiet", "-o", str(tmp_path / "together")
    command = [*TORCHRUN, *words, *(word for stage in LEARNING for word in ("--only", stage))]
    folder, alone = tmp_path / "together" / FOLDER, tmp_path / "alone"
    died = "Error: Another process of this training has died."
    stopped = "Interrupted: run the same command again to continue training oil."
    stops = (
        (DREAM_CHECKPOINT, None, stopped),
        (DREAM_CHECKPOINT, 0, died),
        (CONTROLLER_CHECKPOINT, 1, died),
    )
    for name, victim, said in stops:
        before = written(folder / name)
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment())
        while written(folder / name) == before:
            assert process.poll() is None
            time.sleep(0.01)
        if victim is None:
            process.send_signal(signal.SIGINT)
        else:
            os.kill(ranks_of(process.pid)[victim], signal.SIGKILL)
        told = process.communicate()[1]
        # Where a process has died, torchrun may stop the others before they have noticed.
        assert process.returncode and (said in told or stopped in told)
        assert told.lower().count("run the same command again") == 1
        assert "has hit a bug" not in told and 'quick_training.py", line' not in told
    subprocess.run(command, check=True, env=environment())
    train(find_brush("oil"), alone, quick_options(strokes=300), LEARNING)
    dreams = [load_file(each / WEIGHTS_FILE) for each in (folder, alone / FOLDER)]
    assert max(difference(dreams[0][name], dreams[1][name]) for name in dreams[1]) < ROUNDING
    files = (
        folder / CONTROLLER_FILE,
        alone / FOLDER / CONTROLLER_FILE,
        find_brush("oil").dream_folder() / CONTROLLER_FILE,
    )
    ours, theirs, begin = (
        torch.cat([each.flatten() for each in controller_weights(file.read_bytes()).values()]) for file in files
    )
    # Which strokes it lays turns on the last bit of the dream: 0.2 here.  Of unrelated trainings it is more than 1.
    assert float((ours - theirs).norm()) < 0.5 * float((theirs - begin).norm())


def test_each_process_needs_a_gpu_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    check_device("cuda")
    with pytest.raises(UsageError, match=r"2 processes cannot share 1 GPU.*--nproc-per-node 1"):
        check_device("cuda", 2)
    assert [Ranks(1, 2, 1, 2).device(kind) for kind in ("cpu", "cuda")] == ["cpu", "cuda:1"]
    assert ALONE.device("cuda") == "cuda"


def environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def ranks_of(torchrun: int) -> list[int]:
    """The processes that it has started, the first rank first."""
    found = {}
    for number in Path(f"/proc/{torchrun}/task/{torchrun}/children").read_text().split():
        variables = Path(f"/proc/{number}/environ").read_bytes().split(b"\0")
        found.update({int(each[5:]): int(number) for each in variables if each.startswith(b"RANK=")})
    return [found[rank] for rank in sorted(found)]


def written(path: Path) -> int:
    """When; 0 for never."""
    return path.stat().st_mtime_ns if path.exists() else 0


def difference(a: Tensor, b: Tensor) -> float:
    """The largest; what is infinite in both is the same."""
    return float(torch.nan_to_num(a.double() - b.double(), nan=0.0).abs().max())
