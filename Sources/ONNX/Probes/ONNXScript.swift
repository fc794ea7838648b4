/// The Python side of an export: it runs the graph in onnxruntime on the probe that was written beside it.
public enum ONNXScript {
  /// The script.
  public static let text = ##"""
    """Runs a model that Unfold exported in onnxruntime, on the probe that was written beside it, and compares what both say.

    Printed by `unfold export --script onnx`. Needs numpy and onnxruntime; where onnx is there, it checks the file too.

        unfold export RUN --to onnx model.onnx --probe model.npz
        python unfold_onnx.py model.onnx model.npz

    Further pairs may follow, such as those of a translator's two files. The difference is a share of the largest number of
    the same output. Above 1e-5 the script fails, and also if all numbers of each output are the same.

    A probe has what the model reads as `input.NAME`, and what it says to that as `output.NAME`: NaN, or -1 among whole
    numbers, where anything may stand, such as past a sequence's end.
    """

    import sys

    import numpy as np
    import onnxruntime

    LIMIT = 1e-5


    def check(model, probe):
        """Runs `model` on `probe` and returns the largest difference and how many numbers were compared."""
        try:
            import onnx
        except ImportError:
            print(f"{model}: without the package onnx there is no onnx.checker")
        else:
            onnx.checker.check_model(onnx.load(model), full_check=True)
        with np.load(probe) as file:
            arrays = dict(file)
        inputs, outputs = part(arrays, "input."), part(arrays, "output.")
        session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
        names = [port.name for port in session.get_outputs()]
        if set(names) != set(outputs):
            sys.exit(f"{model} says {sorted(names)}, but {probe} has {sorted(outputs)}")
        largest, count, is_telling = 0.0, 0, False
        for name, found in zip(names, session.run(names, inputs)):
            expected = outputs[name]
            if (found.shape, found.dtype) != (expected.shape, expected.dtype):
                sys.exit(f"{model}: '{name}' is {found.dtype} {list(found.shape)}, but {probe} has {expected.dtype} "
                         f"{list(expected.shape)}")
            counts = ~np.isnan(expected) if expected.dtype.kind == "f" else expected != -1
            x, y = expected[counts].astype(np.float64), found[counts].astype(np.float64)
            if x.size:
                # Whole numbers are the same or another answer.
                far = relative(y, x) if expected.dtype.kind == "f" else float("inf") if (x != y).any() else 0.0
                largest, count = max(largest, far), count + x.size
                is_telling = is_telling or (x != x[0]).any() or (x.size == 1 and x.any())
        if not is_telling:
            sys.exit(f"{probe}: the numbers of each output are all the same, which does not tell one model from another")
        return largest, count


    def relative(found, expected):
        """The largest difference of two numbers, as a share of the largest finite one that is expected."""
        unlike, finite = found != expected, np.abs(expected[np.isfinite(expected)])
        if not unlike.any():
            return 0.0
        # A NaN is far from every number.
        largest = np.nan_to_num(np.abs(found[unlike] - expected[unlike]), nan=np.inf).max()
        return float(largest / finite.max()) if finite.any() else float("inf")


    def part(arrays, prefix):
        return {name[len(prefix):]: array for name, array in arrays.items() if name.startswith(prefix)}


    def main():
        files = sys.argv[1:]
        if not files or len(files) % 2:
            sys.exit("give a model and its probe: python unfold_onnx.py model.onnx model.npz")
        for model, probe in zip(files[::2], files[1::2]):
            largest, count = check(model, probe)
            print(f"{model}: {count} outputs of the probe in onnxruntime {onnxruntime.__version__}: the largest difference is "
                  f"{largest} of the largest output")
            if not largest <= LIMIT:
                sys.exit(f"{model}: the outputs differ by up to {largest} of the largest, more than {LIMIT}")


    if __name__ == "__main__":
        main()
    """##
}
