"""What the fixture scripts share: where files go, how they are written, where their random numbers come from."""

import json
import pathlib

import torch
from safetensors.torch import save_file

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"


class Source:
    """Uniform random tensors of one data type from one seed."""

    def __init__(self, seed, dtype=torch.float64):
        self.generator = torch.Generator().manual_seed(seed)
        self.dtype = dtype

    def uniform(self, *shape, low=-1.0, high=1.0):
        # Drawn in float32, so that a float32 fixture starts from the same numbers as its float64 sibling.
        draw = torch.rand(shape, generator=self.generator, dtype=torch.float32)
        return (low + (high - low) * draw).to(self.dtype)


def write(path, tensors, metadata):
    """Writes one safetensors file below Tests/Fixtures; metadata values become strings."""
    target = FIXTURES / path
    target.parent.mkdir(parents=True, exist_ok=True)
    plain = {name: value.detach().clone().contiguous() for name, value in tensors.items()}
    for name, value in plain.items():
        if value.is_floating_point() and not torch.isfinite(value).all():
            raise ValueError(f"{path}: '{name}' is not finite")
    save_file(plain, target, {key: str(value) for key, value in metadata.items()})
    sort_metadata(target)
    print(f"{path}: {len(plain)} tensors, {target.stat().st_size} bytes")


def sort_metadata(target):
    """Rewrites the header with its metadata in order: the library writes them in another order every time."""
    content = target.read_bytes()
    end = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:end])
    metadata = header.pop("__metadata__", {})
    header = {"__metadata__": dict(sorted(metadata.items()))} | header
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode().ljust(end - 8)
    if len(text) != end - 8:
        raise AssertionError(f"{target}: the header changed its length")
    target.write_bytes(content[:8] + text + content[end:])


def expect_close(found, expected, what):
    """Stops the script where two ways to compute the same thing differ by more than rounding."""
    tolerance = 1e-12 if expected.dtype == torch.float64 else 2e-5
    torch.testing.assert_close(found, expected, rtol=tolerance, atol=tolerance, msg=lambda text: f"{what}: {text}")


def lengths_tensor(lengths):
    return torch.tensor(lengths, dtype=torch.int32)
