/// The cells that every toolkit has, or can be written in it.
package enum CellKind: String, CaseIterable, Sendable {
  case rnn = "RNN"
  case lstm = "LSTM"
  case gru = "GRU"
  case layerNormLSTM = "LN-LSTM"
}
