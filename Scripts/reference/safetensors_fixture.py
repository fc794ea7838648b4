"""Writes Tests/SafetensorsTests/Fixtures/reference.safetensors with the format's reference library.

Needs: safetensors, torch. Run from the project's root: python Scripts/reference/safetensors_fixture.py
The test `WriterTests.sameBytesAsTheReferenceLibrary` builds the same tensors in Swift.
"""

import torch
from safetensors.torch import save_file

tensors = {
    "weight": torch.arange(6, dtype=torch.float32).reshape(2, 3) * 0.5 - 1,
    "bias": torch.tensor([1e-3, -2.5], dtype=torch.float64),
    "scalar": torch.tensor(7.25, dtype=torch.float32),
    "empty": torch.zeros(0, 4, dtype=torch.float32),
    "half": torch.tensor([1.0, -0.5, 65504.0], dtype=torch.float16),
    "brain": torch.tensor([1.0, -0.5, 3.0], dtype=torch.bfloat16),
    "i8": torch.tensor([-128, 0, 127], dtype=torch.int8),
    "u8": torch.tensor([0, 1, 255], dtype=torch.uint8),
    "i16": torch.tensor([-32768, 32767], dtype=torch.int16),
    "u16": torch.tensor([0, 65535], dtype=torch.uint16),
    "i32": torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32),
    "u32": torch.tensor([0, 2**32 - 1], dtype=torch.uint32),
    "i64": torch.tensor([-(2**63), 2**63 - 1], dtype=torch.int64),
    "u64": torch.tensor([0, 2**64 - 1], dtype=torch.uint64),
    "mask": torch.tensor([True, False, True, True, False]),
    "名前.\u00e9/\"\\\n\u0001": torch.tensor([3, 1, 2], dtype=torch.int32),
}
# One key only: the reference library writes several in random order.
metadata = {"note\t\u007f": "Grüße, \U0001f469\u200d\U0001f680 \"quoted\" \\ \u0000\u001f/"}
save_file(tensors, "Tests/SafetensorsTests/Fixtures/reference.safetensors", metadata=metadata)
