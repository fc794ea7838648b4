/// Comparisons give 1 or 0, element by element; shapes broadcast. They have no gradient: what is computed from a
/// comparison alone is a constant.
extension Tensor {
  /// 1 where x = y, else 0.
  public static func .== (x: Tensor, y: Tensor) -> Tensor {
    binary(.equal, x, y)
  }
  /// 1 where x ≠ y, else 0.
  public static func .!= (x: Tensor, y: Tensor) -> Tensor { 1 - (x .== y) }
  /// 1 where x < y, else 0.
  public static func .< (x: Tensor, y: Tensor) -> Tensor { binary(.less, x, y) }
  /// 1 where x ≤ y, else 0.
  public static func .<= (x: Tensor, y: Tensor) -> Tensor {
    binary(.lessOrEqual, x, y)
  }
  /// 1 where x > y, else 0.
  public static func .> (x: Tensor, y: Tensor) -> Tensor { y .< x }
  /// 1 where x ≥ y, else 0.
  public static func .>= (x: Tensor, y: Tensor) -> Tensor { y .<= x }
  /// 1 where x = y, else 0.
  public static func .== (x: Tensor, y: Double) -> Tensor { x .== x.scalar(y) }
  /// 1 where x ≠ y, else 0.
  public static func .!= (x: Tensor, y: Double) -> Tensor { x .!= x.scalar(y) }
  /// 1 where x < y, else 0.
  public static func .< (x: Tensor, y: Double) -> Tensor { x .< x.scalar(y) }
  /// 1 where x ≤ y, else 0.
  public static func .<= (x: Tensor, y: Double) -> Tensor { x .<= x.scalar(y) }
  /// 1 where x > y, else 0.
  public static func .> (x: Tensor, y: Double) -> Tensor { x .> x.scalar(y) }
  /// 1 where x ≥ y, else 0.
  public static func .>= (x: Tensor, y: Double) -> Tensor { x .>= x.scalar(y) }
}
