/// The Python side of moving models between PyTorch and Unfold.
///
/// One script in parts: this one begins it, the others follow in the order of ``text``.
enum PyTorchScript {
  static let text = [beginning, saving, watching, linking, loading].joined(separator: "\n\n\n")

  private static let beginning = ##"""
    """Moves models between PyTorch and Unfold: weights, layers, and a probe that shows that the numbers are the same.

    Printed by `unfold import --script pytorch`. Needs torch and safetensors. Out of PyTorch:

        from unfold_pytorch import save
        save(model, example, "model.safetensors")    # then: unfold import --from pytorch model.safetensors

    `example` is an input as the model takes it, of sequences of one length: token ids of two axes, or numbers of three; or
    images, of four. In the file channels are the last axis, whichever the model has.
    The model may do what it likes with its layers as long as each reads what the one before it put out, with nothing but
    an activation, dropout, or the choice of the last step, the final states, the mean or the maximum in between; all this
    is found out by running it, on the example, on others made of it, and with random numbers in place of what its layers
    put out. The probe has the example and the others. Into PyTorch:

        from unfold_pytorch import load
        model = load("model.safetensors")            # or load("model.safetensors", MyModel())
    """

    import collections
    import copy
    import itertools
    import json

    import torch
    from safetensors import safe_open
    from safetensors.torch import save_file
    from torch import nn

    # Outputs may differ by this share of the largest of them.
    LIMIT = 1e-5
    # The spread and the mean of random numbers that stand for what layers put out: of either sign, all of one, and large ones.
    DRAWS = ((1, 0), (1, -4), (1, 4), (10, 0), (100, 0))
    # How large numbers are that show limits which others stay within.
    LARGE = 1000
    # How often other inputs are drawn until not all outputs are the same.
    TRIES = 16
    # How many steps long inputs have, if what the model makes of one is no more than so many numbers.
    LONG, MOST_LONG = 1024, 1 << 25
    # What the model puts out for the probe is kept to about so many numbers.
    MOST_NUMBERS = 1 << 22
    # What a model that is one layer, whose weights' names have nothing before them, is called in files.
    ALONE = "layer"
    INPUT, OUTPUT, LAYERS = "unfold.probe.input", "unfold.probe.output", "unfold.layers"
    RECURRENT = {nn.RNN: "rnn", nn.LSTM: "lstm", nn.GRU: "gru"}
    CONVOLUTIONS = (nn.Conv1d, nn.Conv2d)
    KNOWN = (nn.Embedding, nn.Linear, nn.LayerNorm, *CONVOLUTIONS, *RECURRENT)
    FUNCTIONS = {
        "tanh": torch.tanh,
        "relu": torch.relu,
        "sigmoid": torch.sigmoid,
        "softmax": lambda x: torch.softmax(x, -1),
        "log-softmax": lambda x: torch.log_softmax(x, -1),
        "gelu": nn.functional.gelu,
        "elu": nn.functional.elu,
        "softplus": nn.functional.softplus,
        "softsign": nn.functional.softsign,
        "hard-sigmoid": nn.functional.hardsigmoid,
        "leaky-relu": nn.functional.leaky_relu,
    }
    """##
}
