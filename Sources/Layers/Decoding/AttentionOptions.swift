/// What can be chosen of an ``Attention``.
public struct AttentionOptions: Sendable, Hashable {
  /// How a query q is compared with an encoded position h.
  public enum Score: String, Sendable, Hashable, CaseIterable {
    /// v · tanh(W q + U h + b) (Bahdanau, Cho and Bengio 2015, appendix A.1.2).
    case additive
    /// q · h (Luong, Pham and Manning 2015, eq. 8).
    case dot
    /// q · (W h) (the same).
    case general
    /// v · tanh(W [q; h]), which is W q + U h without a bias (the same).
    case concat
  }

  /// Which positions are looked at.
  public enum Window: Sendable, Hashable {
    /// All.
    case none
    /// Those no further than `halfWidth` from as many positions from the start as there were steps, or from the last
    /// ("local-m": Luong, Pham and Manning 2015, §3.2).
    case monotonic(halfWidth: Int)
    /// Those no further than `halfWidth` from a predicted position p = S · σ(v_p · tanh(W_p q)), the nearest more
    /// than the others: −(s − p)² / 2σ² is added to the scores, σ = halfWidth / 2. ("Local-p", the same, eq. 9 and 10; there
    /// weights are multiplied by the bell curve after the softmax, so that they do not sum to 1.)
    case predictive(halfWidth: Int)
  }

  /// Which state of the decoder asks.
  public enum Query: String, Sendable, Hashable, CaseIterable {
    /// The last step's; what is found is an input of this one (Bahdanau, Cho and Bengio 2015).
    case before
    /// This step's; what is found goes into its output (Luong, Pham and Manning 2015).
    case after
  }

  /// How a query is compared.
  public var score = Score.additive
  /// A, where the score has a hidden layer; `nil` for the query's size.
  public var size: Int?
  /// Which state asks.
  public var query = Query.before
  /// Which positions are looked at.
  public var window = Window.none
  /// Whether the scores see how much attention each position has had so far: w_c Σ α within the tanh (See, Liu and Manning
  /// 2017, eq. 11, <https://arxiv.org/abs/1704.04368>).
  public var hasCoverage = false
  /// How many positions to each side the scores see of the last step's weights, by a convolution (Chorowski et al. 2015,
  /// eq. 8 and 9, <https://arxiv.org/abs/1506.07503>, its filters and their weights as one matrix); `nil` for none.
  public var locationRadius: Int?

  /// Additive, of all positions, asked by the last step's state.
  public init() {}

  /// Whether the score has a hidden layer, to which more can be added.
  var hasHiddenLayer: Bool { score == .additive || score == .concat }
}
