"""Moves random models to Unfold and back: weights must come back to the bit, in the file and in the model that the other
side's script makes of it, and outputs within 1e-5 of the largest.

    python Scripts/interchange/round_trips.py pytorch|keras UNFOLD [COUNT]

UNFOLD is the command; the scripts of the other side are those that it prints. Needs torch or keras, and safetensors. Where
the command was built with HDF5, models of Keras go there in Keras's own files, too.
Ends with an error at the first model that is not the same, or with the largest difference of all outputs on each way.
"""

import contextlib
import importlib.util
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
from safetensors import safe_open

sys.path.insert(0, str(pathlib.Path(__file__).parent))


def printed(unfold, framework, folder):
    """The script that the command prints, as a module."""
    text = subprocess.run([unfold, "import", "--script", framework], check=True, capture_output=True, text=True).stdout
    path = folder / f"unfold_{framework}.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tensors(path):
    with safe_open(path, "numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()


def compare(sent, back):
    """Everything but the probe's output is the same to the bit."""
    (sent, sent_metadata), (back, back_metadata) = tensors(sent), tensors(back)
    compare_bits(sent, back, besides=("unfold.probe.output",))
    aliases = [{k: v for k, v in m.items() if v in sent} for m in (sent_metadata, back_metadata)]
    if aliases[0] != aliases[1]:
        raise SystemExit(f"other tied weights: {aliases}")


def compare_bits(sent, back, besides=()):
    """Two sets of arrays have the same names, shapes and bits."""
    if sent.keys() != back.keys():
        raise SystemExit(f"other tensors: {sorted(map(str, sent.keys() ^ back.keys()))}")
    for name, tensor in sent.items():
        if name not in besides and (tensor.shape != back[name].shape or tensor.tobytes() != back[name].tobytes()):
            raise SystemExit(f"'{name}' is not the same")


def weights(framework, model):
    """The weights of a model by name; those of Keras by their place, for there names have no dots, so that some are others."""
    if framework == "pytorch":
        return {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    return dict(enumerate(model.get_weights()))


def run(unfold, *arguments):
    done = subprocess.run([unfold, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return done.stdout


def loaded(script, path):
    """The model that the other side's script makes of a file, and what it prints."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        model = script.load(path)
    return model, said.getvalue()


def difference(said):
    """The largest difference of outputs on the probe, as a share of the largest output, that a check prints."""
    return float(re.search(r"the largest difference is (\S+) of the largest output", said)[1])


def read_own_files(unfold, made, sent, folder, seed):
    """What is printed when the model as Keras itself saves it is read, which comes out with the same weights.

    None for a command without HDF5.
    """
    own, probe, back = folder / "own.keras", folder / "probe.npz", folder / "own.safetensors"
    made.save(own)
    known = tensors(sent)[0]
    np.savez(probe, input=known["unfold.probe.input"], output=known["unfold.probe.output"])
    try:
        said = run(unfold, "import", "--from", "keras", own, "--output", folder / f"own-{seed}", "--probe", probe)
    except SystemExit as error:
        if "--traits HDF5" in str(error):
            return None
        raise
    run(unfold, "export", folder / f"own-{seed}", "--to", "keras", back, "--overwrite")
    compare(sent, back)
    return said


def main():
    framework, unfold = sys.argv[1], sys.argv[2]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    if framework == "pytorch":
        import pytorch_models as models
    else:
        import keras_models as models

    def make(seed):
        # Every fourth has convolutions.
        return models.convolutional(seed) if seed % 4 == 3 else models.model(seed)
    reads_own_files = framework == "keras"
    largest = {}

    def note(way, said):
        largest[way] = max(largest.get(way, 0), difference(said))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        script = printed(unfold, framework, folder)
        for seed in range(count):
            sent, model, back = folder / "sent.safetensors", folder / f"model-{seed}", folder / "back.safetensors"
            made, example = make(seed)
            try:
                script.save(made, example, sent)
                note("to Unfold", run(unfold, "import", "--from", framework, sent, "--output", model))
                run(unfold, "export", model, "--to", framework, back, "--overwrite")
                compare(sent, back)
                said = read_own_files(unfold, made, sent, folder, seed) if reads_own_files else None
                reads_own_files = said is not None
                if reads_own_files:
                    note("from .keras files", said)
                again, said = loaded(script, back)
                note("back", said)
                compare_bits(weights(framework, made), weights(framework, again))
            except (Exception, SystemExit) as error:
                raise SystemExit(f"model {seed}: {error}\n{made}\n{json.dumps(str(sent))}") from error
    ways = ", ".join(f"{share:.2e} {way}" for way, share in largest.items())
    print(f"{count} models of {framework} went to Unfold and back with the same weights to the bit; the largest difference of "
          f"outputs, as a share of the largest: {ways}")


if __name__ == "__main__":
    main()
