/// The Python side of moving models between Keras and Unfold.
///
/// One script in parts: this one begins it, the others follow in the order of ``text``.
enum KerasScript {
  static let text = [beginning, saving, describing, loading].joined(separator: "\n\n\n")

  private static let beginning = ##"""
    """Moves models between Keras and Unfold: weights, layers, and a probe that shows that the numbers are the same.

    Printed by `unfold import --script keras`. Needs keras 3 with any backend, numpy and safetensors. Out of Keras:

        from unfold_keras import save
        save(model, example, "model.safetensors")    # then: unfold import --from keras model.safetensors

    `example` is an input as the model takes it, of sequences of one length; the probe has it and others made of it. The model
    is a chain of layers, Sequential or functional: Embedding, SimpleRNN, LSTM, GRU, Bidirectional of these, Conv1D, Conv2D,
    Dense, LayerNormalization, Activation, ReLU, LeakyReLU, Softmax, Dropout, noise and global pooling. Into Keras:

        from unfold_keras import load
        model = load("model.safetensors")
    """

    import json

    import keras
    import numpy as np
    from safetensors import safe_open
    from safetensors.numpy import save_file

    if int(keras.__version__.split(".")[0]) < 3:
        raise ImportError(f"this script needs Keras 3, but here is Keras {keras.__version__}, whose hard_sigmoid is another; "
                          "a .h5 file of a model is read without it, by 'unfold import --from keras' of a build with HDF5")

    # Outputs may differ by this share of the largest of them.
    LIMIT = 1e-5
    INPUT, OUTPUT, LAYERS = "unfold.probe.input", "unfold.probe.output", "unfold.layers"
    CELLS = {"SimpleRNN": "rnn", "LSTM": "lstm", "GRU": "gru"}
    CONVOLUTIONS = ("Conv1D", "Conv2D")
    MERGES = {"concat": "concatenation", "sum": "sum", "mul": "product", "ave": "mean"}
    # Keras's names of functions, and ours.
    FUNCTIONS = {"linear": "identity", "tanh": "tanh", "sigmoid": "sigmoid", "relu": "relu", "softmax": "softmax",
                 "log_softmax": "log-softmax", "hard_sigmoid": "hard-sigmoid", "softsign": "softsign", "elu": "elu",
                 "gelu": "gelu", "softplus": "softplus"}
    """##
}
