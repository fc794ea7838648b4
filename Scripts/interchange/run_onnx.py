#!/usr/bin/env python3
"""Runs exported models in onnxruntime and compares what they say with what is expected.

    python3 Scripts/interchange/run_onnx.py FOLDER [--write]

Below FOLDER each folder with a `model.onnx` has its inputs in `test_data_set_0/input_N.pb` and the expected outputs in
`output_N.pb`, tensors that have the names of the graph's inputs and outputs: the layout of ONNX's own tests. Where an
expected number is NaN, or -1 among whole numbers, anything may stand.

Every model goes through `onnx.checker` with shape inference. Prints the largest difference, of numbers above 1 as a share
of the number; more than 1e-5 is a failure.
With --write nothing is compared: onnxruntime's outputs are written as the expected ones.

Needs onnx and onnxruntime.
"""

import pathlib
import sys

import numpy
import onnx
import onnxruntime
from onnx import numpy_helper

TOLERANCE = 1e-5


def tensors(folder, kind):
    """The tensors of a folder by name."""
    result = {}
    for path in sorted(folder.glob(f"{kind}_*.pb"), key=lambda path: int(path.stem.split("_")[1])):
        tensor = onnx.load_tensor(str(path))
        result[tensor.name] = numpy_helper.to_array(tensor)
    return result


def difference(expected, found):
    """The largest difference of two arrays where something is expected, as a share of the largest number that is.

    Infinite if their shapes, types or whole numbers differ.
    """
    if expected.shape != found.shape or expected.dtype != found.dtype:
        print(f"  {expected.dtype}{expected.shape} expected, {found.dtype}{found.shape} found")
        return numpy.inf
    if expected.dtype.kind == "f":
        counts = ~numpy.isnan(expected)
    else:
        counts = expected != -1
    if not counts.any():
        return 0.0
    if expected.dtype.kind != "f":
        return 0.0 if (expected[counts] == found[counts]).all() else numpy.inf
    wide, other = expected[counts].astype(numpy.float64), found[counts].astype(numpy.float64)
    far = numpy.where(wide == other, 0, numpy.abs(wide - other)).max()
    scale = numpy.abs(wide[numpy.isfinite(wide)]).max(initial=0)
    if numpy.isnan(far):
        return numpy.inf
    return float(far / scale) if scale > 0 else float(numpy.inf if far > 0 else 0)


def main():
    root = pathlib.Path(sys.argv[1])
    writes = "--write" in sys.argv
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    worst, worst_name, count, failures = 0.0, "", 0, 0
    for path in sorted(root.rglob("model.onnx")):
        name = str(path.parent.relative_to(root))
        data = path.parent / "test_data_set_0"
        try:
            onnx.checker.check_model(onnx.load(str(path)), full_check=True)
            session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"])
            names = [output.name for output in session.get_outputs()]
            outputs = dict(zip(names, session.run(names, tensors(data, "input"))))
        except Exception as error:  # Whatever is wrong with one model, the others are run.
            print(f"{name}: {' '.join(str(error).split())[:600]}")
            failures += 1
            continue
        count += 1
        if writes:
            for number, (output, array) in enumerate(outputs.items()):
                onnx.save_tensor(
                    numpy_helper.from_array(array, output), str(data / f"output_{number}.pb"))
            continue
        expected = tensors(data, "output")
        if set(expected) != set(outputs):
            print(f"{name}: outputs {sorted(expected)} expected, {sorted(outputs)} found")
            failures += 1
            continue
        for output in names:
            far = difference(expected[output], outputs[output])
            if far > worst:
                worst, worst_name = far, f"{name}, {output}"
            if not far <= TOLERANCE:
                print(f"{name}: {output} differs by {far:.2e}")
                failures += 1
    if count == 0:
        print(f"no models below {root}")
        failures += 1
    print(f"{count} models run by onnxruntime {onnxruntime.__version__}", end="")
    print(", their outputs written" if writes else f", largest difference {worst:.2e} ({worst_name})")
    sys.exit(1 if failures else 0)


main()
